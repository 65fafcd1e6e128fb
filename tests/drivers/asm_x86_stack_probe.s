# _chkstk takes eax bytes off the stack; the locals behind them are found by esp.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
__chkstk:
  pushl %ecx
  leal 4(%esp), %ecx
  subl %eax, %ecx
  sbbl %eax, %eax
  notl %eax
  andl %eax, %ecx
  movl %esp, %eax
  andl $-4096, %eax
1:
  cmpl %eax, %ecx
  jb 2f
  movl %ecx, %eax
  popl %ecx
  xchgl %eax, %esp
  movl (%eax), %eax
  movl %eax, (%esp)
  ret
2:
  subl $4096, %eax
  testl %eax, (%eax)
  jmp 1b
  .p2align 4, 0xCC
get:
  movl $8192, %eax
  calll __chkstk
  movl $0x65427250, 16(%esp)
  calll *__imp__KeQueryTimeIncrement@0
  pushl 16(%esp)
  pushl 8192+8(%esp)
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  addl $8192, %esp
  ret $4
_DriverEntry@8:
  pushl $36
  calll get
  xorl %eax, %eax
  ret $8

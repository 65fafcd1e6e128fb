# Frame-pointer omission: arguments and locals are found by esp alone, through pushes in between and calls that take their
# arguments off.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  subl $12, %esp
  movl $0x6F4C7046, 8(%esp)
  pushl %esi
  movl 20(%esp), %esi
  pushl %edi
  calll *__imp__KeQueryTimeIncrement@0
  movl %eax, %edi
  pushl 16(%esp)
  pushl %edi
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  pushl %esi
  pushl $32
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  popl %edi
  popl %esi
  addl $12, %esp
  ret $4
_DriverEntry@8:
  pushl $0x72417046
  calll get
  xorl %eax, %eax
  ret $8

# __EH_prolog3 moves esp and ebp and pushes a cookie; the frame's size comes in eax's place on the stack.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
__EH_prolog3:
  pushl %eax
  pushl %fs:0
  leal 12(%esp), %eax
  subl 12(%esp), %esp
  pushl %ebx
  pushl %esi
  pushl %edi
  movl %ebp, (%eax)
  movl %eax, %ebp
  movl cookie, %eax
  xorl %ebp, %eax
  pushl %eax
  pushl -4(%ebp)
  movl $-1, -4(%ebp)
  leal -12(%ebp), %eax
  movl %eax, %fs:0
  ret
  .p2align 4, 0xCC
__EH_epilog3:
  movl -12(%ebp), %ecx
  movl %ecx, %fs:0
  popl %ecx
  popl %edi
  popl %edi
  popl %esi
  popl %ebx
  movl %ebp, %esp
  popl %ebp
  pushl %ecx
  ret
  .p2align 4, 0xCC
get:
  pushl $8
  movl $info, %eax
  calll __EH_prolog3
  pushl 8(%ebp)
  calll *__imp__KeQueryTimeIncrement@0
  pushl %eax
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  calll __EH_epilog3
  ret $4
_DriverEntry@8:
  pushl $0x72506845
  calll get
  xorl %eax, %eax
  ret $8
  .data
cookie: .long 0xBB40E64E
info: .long 0

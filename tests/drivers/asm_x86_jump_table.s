# A switch whose table of addresses and table of bytes lie in the code, in front of more of the function.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
choose:
  movl 4(%esp), %eax
  cmpl $4, %eax
  ja other
  movzbl bytes(%eax), %eax
  jmpl *table(,%eax,4)
one:
  movl $0x6E4F744A, %eax
  jmp allocate
two:
  movl $0x7754744A, %eax
  jmp allocate
  .p2align 2
table:
  .long one, two, other
bytes:
  .byte 0, 1, 2, 1, 0
  .p2align 2, 0x90
other:
  movl $0x744F744A, %eax
allocate:
  pushl %eax
  pushl $52
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  ret $4
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl 4(%esp)
  calll choose
  xorl %eax, %eax
  ret $8

# Compilers that save bytes load constants by push and pop.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl %ebx
  pushl $0x6F507550
  popl %ebx
  pushl %ebx
  pushl $8
  popl %eax
  pushl %eax
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  xorl %eax, %eax
  popl %ebx
  ret $8

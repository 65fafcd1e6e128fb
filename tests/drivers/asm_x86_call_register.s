# The slot is loaded once; every call goes through the register, which callees preserve.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl %esi
  movl __imp__ExAllocatePoolWithTag@12, %esi
  pushl $0x31417243
  pushl $16
  pushl $0
  calll *%esi
  testl %eax, %eax
  je 1f
  pushl $0x32427243
  pushl $32
  pushl $1
  calll *%esi
  calll *__imp__KeQueryTimeIncrement@0
  pushl $0x33437243
  pushl %eax
  pushl $1
  calll *%esi
1:
  xorl %eax, %eax
  popl %esi
  ret $8

# Two pushes of 16 bits make the tag.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushw $0x3157
  pushw $0x7057
  pushl $16
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  xorl %eax, %eax
  ret $8

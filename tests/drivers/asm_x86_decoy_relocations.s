# A relocation block whose two entries spell a tag: types 3 (HIGHLOW) at 0x152 and 0x27A of the page are the bytes R1z2.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl $0x6B4F6C52
  pushl $16
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  xorl %eax, %eax
  ret $8
  .data
  .space 0x152
  .long _DriverEntry@8
  .space 0x27A - 0x156
  .long _DriverEntry@8

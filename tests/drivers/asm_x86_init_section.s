# DriverEntry lies in a section that is discarded; what it calls does not. Pointers to code lie between its strings.
  .section .text,"xr"
  .p2align 4, 0xCC
get:
  pushl 4(%esp)
  pushl $44
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  ret $4
  .section INIT,"xrd"
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .long get, 0x20202020
_DriverEntry@8:
  pushl $0x65476E49
  calll get
  pushl $0x74496E49
  pushl $88
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  xorl %eax, %eax
  ret $8

# Far jumps leave by a selector, as code that enters another mode does: they name no register that holds the target.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl $0x31614A46
  pushl $16
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  testl %eax, %eax
  je 1f
  ljmpl *_gate
1:
  pushl $0x32614A46
  pushl $24
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  testl %eax, %eax
  je 2f
  ljmpl $8, $0x1000
2:
  xorl %eax, %eax
  ret $8
  .data
_gate:
  .long 0x1000
  .short 8

# Link-time optimisation passes the tag in esi and the size in eax to a function that only this image calls.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  pushl %esi
  pushl %eax
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  ret
_DriverEntry@8:
  pushl %esi
  movl $0x3152744C, %esi
  movl $24, %eax
  calll get
  movl $0x3252744C, %esi
  movl $48, %eax
  calll get
  xorl %eax, %eax
  popl %esi
  ret $8

# The tag is pushed, then two calls with arguments of their own are made before the allocation takes it.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
measure:
  movl 4(%esp), %eax
  addl 8(%esp), %eax
  ret $8
length:
  movl 4(%esp), %eax
  ret
_DriverEntry@8:
  pushl $0x72546E49
  pushl $0x79446E49
  pushl $16
  calll measure
  pushl %eax
  calll length
  popl %ecx
  pushl %eax
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  xorl %eax, %eax
  ret $8

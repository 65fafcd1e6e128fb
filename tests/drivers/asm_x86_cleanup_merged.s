# Two cdecl calls are cleaned up together, and the tag of the allocation was pushed in front of both.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
note:
  movl 4(%esp), %eax
  ret
_DriverEntry@8:
  pushl %esi
  pushl $0x67546C43
  pushl $0x314E6C43
  calll note
  movl %eax, %esi
  pushl $0x324E6C43
  pushl $7
  calll note
  addl $12, %esp
  addl %eax, %esi
  pushl %esi
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  popl %esi
  xorl %eax, %eax
  ret $8

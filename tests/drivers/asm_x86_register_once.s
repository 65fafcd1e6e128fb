# The tag is set in a register once and pushed for several calls; zero is a register too.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl %ebx
  pushl %edi
  movl $0x6E4F6752, %edi
  xorl %ebx, %ebx
  pushl %edi
  pushl $16
  pushl %ebx
  calll *__imp__ExAllocatePoolWithTag@12
  movl %eax, %ecx
  pushl %edi
  pushl %ecx
  calll *__imp__ExFreePoolWithTag@8
  pushl %edi
  pushl $64
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  popl %edi
  popl %ebx
  xorl %eax, %eax
  ret $8

# Fastcall: the tag comes in edx, or on the stack when it is the third argument; an import of the same convention takes its
# tag from edx.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get2:
  pushl %edx
  pushl %ecx
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  ret
get3:
  pushl 4(%esp)
  pushl %edx
  pushl %ecx
  calll *__imp__ExAllocatePoolWithTag@12
  ret $4
_DriverEntry@8:
  movl $0x78446146, %edx
  movl $20, %ecx
  calll get2
  pushl $0x74536146
  movl $40, %edx
  movl $1, %ecx
  calll get3
  movl 4(%esp), %ecx
  movl $0x624F6146, %edx
  calll *"__imp_@ObfReferenceObjectWithTag@8"
  xorl %eax, %eax
  ret $8

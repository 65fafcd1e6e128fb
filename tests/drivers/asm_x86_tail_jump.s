# A function without a frame jumps to the import with its own arguments, behind two bytes for patching.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  movl %edi, %edi
  jmpl *__imp__ExAllocatePoolWithTag@12
  .p2align 4, 0xCC
_DriverEntry@8:
  movl %edi, %edi
  pushl %ebp
  movl %esp, %ebp
  pushl $0x6D4A6154
  pushl $80
  pushl $1
  calll get
  popl %ebp
  xorl %eax, %eax
  ret $8

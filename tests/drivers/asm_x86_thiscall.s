# A method with its object in ecx keeps its tag in the object; a second one gets it on the stack.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
set:
  movl 4(%esp), %eax
  movl %eax, 8(%ecx)
  ret $4
allocate:
  pushl 8(%ecx)
  pushl 4+4(%esp)
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  ret $4
_DriverEntry@8:
  subl $16, %esp
  movl $0x73496854, 8(%esp)
  movl %esp, %ecx
  pushl $72
  calll allocate
  addl $16, %esp
  xorl %eax, %eax
  ret $8

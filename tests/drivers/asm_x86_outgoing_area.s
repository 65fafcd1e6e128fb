# Arguments are stored into an area that is reserved once; the callee takes it off and the caller takes it back.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  subl $28, %esp
  movl $0x4174754F, 8(%esp)
  movl $96, 4(%esp)
  movl $1, (%esp)
  calll *__imp__ExAllocatePoolWithTag@12
  subl $12, %esp
  movl $0x4274754F, 24(%esp)
  movl 24(%esp), %eax
  movl %eax, 8(%esp)
  movl $128, 4(%esp)
  movl $512, (%esp)
  calll *__imp__ExAllocatePoolWithTag@12
  subl $12, %esp
  xorl %eax, %eax
  addl $28, %esp
  ret $8

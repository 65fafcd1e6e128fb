# enter and leave; the loop pushes through a pointer that nobody knows, so only ebp tells where the argument is.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  enter $8, $0
  movl $0x6F4C6E45, -4(%ebp)
  movl 12(%ebp), %eax
  pushl $0x6F4E6E45
  calll *(%eax)
  pushl 8(%ebp)
  pushl $24
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  pushl -4(%ebp)
  pushl $32
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  leave
  ret $8
_DriverEntry@8:
  pushl 4(%esp)
  pushl $0x72416E45
  calll get
  xorl %eax, %eax
  ret $8

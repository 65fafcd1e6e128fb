# What an unknown function takes off is seen from the return of this one: the argument by esp stays known. In the other
# function nothing tells, and a tag that was pushed in front of such a call must not be guessed.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  pushl %esi
  movl 8(%esp), %esi
  pushl $5
  pushl $6
  calll *(%esi)
  pushl 12(%esp)
  pushl $60
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  popl %esi
  ret $8
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl %ebp
  movl %esp, %ebp
  subl $8, %esp
  pushl $0x6E4B6E55
  pushl 8(%ebp)
  calll get
  movl 8(%ebp), %eax
  pushl $0x31416E55
  pushl $0x32426E55
  calll *(%eax)
  pushl $16
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  leave
  xorl %eax, %eax
  ret $8

# Two paths meet with different depths, as no compiler makes them: the tag that was pushed before is not known, the one behind is.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl %ebp
  movl %esp, %ebp
  pushl $0x31416454
  calll *__imp__KeQueryTimeIncrement@0
  testl %eax, %eax
  je 1f
  pushl $0x32426454
1:
  pushl $16
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  pushl $0x75536454
  pushl $24
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  leave
  xorl %eax, %eax
  ret $8

# A text of one letter stands right before a function that only a pointer leads to: read as code, its last byte swallows
# the beginning of the function.
  .section .text,"xr"
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
_DriverEntry@8:
  movl 4(%esp), %eax
  movl $unload, 0x34(%eax)
  movl $slash, 0x1c(%eax)
  movl $name, 0x20(%eax)
  xorl %eax, %eax
  ret $8
name:
  .asciz "SERVER parameters"
slash:
  .asciz "\\"
unload:
  pushl %ebp
  movl %esp, %ebp
  subl $0x34, %esp
  pushl $0x74786554
  pushl $52
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  leave
  ret $4

# Without optimisation the index of the framework's function is multiplied at run time.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl %ebp
  movl %esp, %ebp
  pushl $globals
  pushl $bind_info
  pushl 12(%ebp)
  pushl 8(%ebp)
  calll *__imp__WdfVersionBind@16
  pushl $scratch
  pushl $scratch
  pushl $96
  pushl $0x4D49644B
  pushl $1
  pushl $0
  pushl globals
  movl $4, %eax
  imull $192, %eax, %ecx
  movl functions, %edx
  movl (%edx, %ecx), %eax
  calll *%eax
  pushl $scratch
  pushl $scratch
  pushl $96
  pushl $0x4853644B
  pushl $1
  pushl $0
  pushl globals
  movl $192, %ecx
  shll $2, %ecx
  movl functions, %eax
  calll *(%eax, %ecx)
  xorl %eax, %eax
  popl %ebp
  ret $8

  .section .rdata,"dr"
component:
  .short 'K','m','d','f','L','i','b','r','a','r','y',0
  .data
  .p2align 2
globals:
  .long 0
functions:
  .long 0
scratch:
  .long 0
bind_info:
  .long 0x3C
  .long component
  .long 1, 33, 0, 458
  .long functions
  .zero 0x20

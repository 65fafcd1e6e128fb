# Cold blocks behind another function's return, the only ones there: one gets its tag in a register from the function that jumps there, and
# one, behind a function with a prolog helper, has its own.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl $64
  calll warm
  pushl $64
  calll other
  pushl $64
  calll guarded
  xorl %eax, %eax
  ret $8
  .p2align 4, 0xCC
other:
  pushl %ebp
  movl %esp, %ebp
  movl 8(%ebp), %eax
  popl %ebp
  ret $4
cold:
  pushl %ebx
  pushl $40
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  jmp back
  .p2align 4, 0xCC
warm:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  movl $0x65724263, %ebx
  movl 8(%ebp), %eax
  testl %eax, %eax
  jne cold
back:
  popl %ebx
  popl %ebp
  ret $4
  .p2align 4, 0xCC
another:
  pushl %ebp
  movl %esp, %ebp
  movl 8(%ebp), %eax
  popl %ebp
  ret $4
cold_too:
  pushl $0x68654263
  pushl $48
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  jmp back_too
  .p2align 4, 0xCC
guarded:
  pushl $24
  pushl $scopes
  calll __SEH_prolog
  movl 8(%ebp), %eax
  pushl %eax
  calll another
  testl %eax, %eax
  jne cold_too
back_too:
  calll __SEH_epilog
  ret $4
  .p2align 4, 0xCC
__SEH_prolog:
  pushl $handler
  movl %fs:0, %eax
  pushl %eax
  movl 16(%esp), %eax
  movl %ebp, 16(%esp)
  leal 16(%esp), %ebp
  subl %eax, %esp
  pushl %ebx
  pushl %esi
  pushl %edi
  movl -8(%ebp), %eax
  movl %esp, -24(%ebp)
  pushl %eax
  movl -4(%ebp), %eax
  movl $-1, -4(%ebp)
  movl %eax, -8(%ebp)
  leal -16(%ebp), %eax
  movl %eax, %fs:0
  ret
  .p2align 4, 0xCC
__SEH_epilog:
  movl -16(%ebp), %ecx
  movl %ecx, %fs:0
  popl %ecx
  popl %edi
  popl %esi
  popl %ebx
  leave
  pushl %ecx
  ret
handler:
  movl $1, %eax
  ret
  .section .rdata,"dr"
  .p2align 2
scopes:
  .long -1, 0, 0

# Blocks that seldom run, gathered behind the ends of functions that have nothing to do with them: one behind the other, some reached
# by way of another, by a jump table, or nowhere near a return. Each gets its tag in a register from the function it belongs to. Between
# them stands a text whose letters are opcodes of short jumps into them.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl $64
  calll first
  pushl $-64
  calll second
  pushl $2
  calll by_table
  pushl $64
  calll calls_wrapper
  movl $text, 4(%esp)
  calll elsewhere
  xorl %eax, %eax
  ret $8
  .p2align 4, 0xCC
first:
  movl %edi, %edi
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  movl $0x31426146, %ebx
  movl 8(%ebp), %eax
  testl %eax, %eax
  jne far_first
back_first:
  popl %ebx
  popl %ebp
  ret $4
  .p2align 4, 0xCC
unrelated:
  pushl %ebp
  movl %esp, %ebp
  movl 8(%ebp), %eax
  testl %eax, %eax
  je unrelated_end
  incl %eax
unrelated_end:
  popl %ebp
  jmp elsewhere
# Behind a jump, not a return: of `second`, of `first`, and what both of them lead to by way of another.
far_second:
  testl %eax, %eax
  js further_second
  jmp back_second
far_first:
  cmpl $5, %eax
  ja further_first
  jmp back_first
far_case:
  pushl %ebx
  pushl $50
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  jmp back_case
  .p2align 4, 0xCC
# Read as code: push 'Bad!'; pop ebx; and short jumps to what stands behind.
text:
  .ascii "Primary"
  .byte 0, 0
  .ascii "hBad![t\"t t t t t t t t t t t "
  .byte 0
  .p2align 4, 0xCC
elsewhere:
  ret $4
further_first:
  pushl %ebx
  pushl $40
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  jmp back_first
further_second:
  pushl %ebx
  pushl $48
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  jmp back_second
  .p2align 4, 0xCC
second:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  movl $0x32426146, %ebx
  movl 8(%ebp), %eax
  testl %eax, %eax
  jne far_second
back_second:
  popl %ebx
  popl %ebp
  ret $4
  .p2align 4, 0xCC
by_table:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  movl $0x33426146, %ebx
  movl 8(%ebp), %eax
  cmpl $3, %eax
  ja back_case
  jmp *cases(,%eax,4)
near_case:
  incl %eax
back_case:
  popl %ebx
  popl %ebp
  ret $4
  .p2align 2
cases:
  .long back_case, near_case, far_case, near_case
# The next table, whose entries are no cases of this one.
others:
  .long unrelated, first
  .p2align 4, 0xCC
# A wrapper, and behind the return of a function a block that calls it, and belongs to one that stands elsewhere.
wrapper:
  pushl 4(%esp)
  pushl $56
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  ret $4
far_call:
  pushl %ebx
  calll wrapper
  jmp back_call
  .p2align 4, 0xCC
calls_wrapper:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  movl $0x34426146, %ebx
  movl 8(%ebp), %eax
  testl %eax, %eax
  jne far_call
back_call:
  popl %ebx
  popl %ebp
  ret $4

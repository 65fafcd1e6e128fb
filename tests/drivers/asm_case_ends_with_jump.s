# A case of a jump table ends with a jump by way of an import: that is no second jump by the same table, and what the case leaves in
# registers does not come into it again.
  .text
  .globl DriverEntry
  .p2align 4, 0xCC
DriverEntry:
  movl %ecx, %r8d
  andl $7, %r8d
  cmpl $2, %r8d
  ja none
  leaq cases(%rip), %rax
  movslq (%rax,%r8,4), %rcx
  addq %rax, %rcx
  jmpq *%rcx
first:
  shll $24, %r8d
  orl $0x30656A43, %r8d
  movl $16, %edx
  movl $1, %ecx
  jmpq *__imp_ExAllocatePoolWithTag(%rip)
second:
  shll $24, %r8d
  orl $0x30656A43, %r8d
  movl $32, %edx
  movl $1, %ecx
  jmpq *__imp_ExAllocatePoolWithQuotaTag(%rip)
none:
  xorl %eax, %eax
  retq
  .p2align 2
cases:
  .long first - cases
  .long second - cases
  .long first - cases

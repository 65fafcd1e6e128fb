# A resource (type 10, name 1, language 0) whose data is a row of tags, as a driver that brings firmware has it.
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  subq $40, %rsp
  movl $1, %ecx
  movl $16, %edx
  movl $0x6B4F7352, %r8d
  callq *__imp_ExAllocatePoolWithTag(%rip)
  xorl %eax, %eax
  addq $40, %rsp
  retq

  .section .rsrc$01, "dr"
root:
  .long 0, 0, 0
  .short 0, 1
  .long 10, 0x80000000 + name - root
name:
  .long 0, 0, 0
  .short 0, 1
  .long 1, 0x80000000 + language - root
language:
  .long 0, 0, 0
  .short 0, 1
  .long 0, entry - root
entry:
  .rva data
  .long 16, 0, 0
  .section .rsrc$02, "dr"
data:
  .ascii "RsNoRsN2RsN3RsN4"

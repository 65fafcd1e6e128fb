# Flags of a subtraction say how the numbers compared, not how the difference compares with zero; sbb leaves flags of its
# own; dec of a byte says nothing about the other three; loop counts.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  sub rsp, 32
  .seh_stackalloc 32
  .seh_endprologue
# Below or equal 7: eight entries of the table, not its first alone.
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  sub eax, 7
  ja 1f
  add eax, 7
  lea rbx, [rip + table]
  mov r8d, dword ptr [rbx + rax*4]
  mov edx, 16
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
1:
# The comparison is older than the flags.
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  mov r8d, eax
  cmp r8d, 0x31436146
  sbb eax, ecx
  jne 2f
  mov edx, 32
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
2:
# One less in the lowest byte.
  mov r8d, 0x32446147
  dec r8b
  je 3f
  mov edx, 48
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
3:
# The counter is part of the tag.
  mov ecx, 0x33456147
  loop 4f
4:
  mov r8d, ecx
  mov edx, 64
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  xor eax, eax
  add rsp, 32
  pop rbx
  ret
  .seh_endproc
  .section .rdata,"dr"
  .p2align 2
table:
  .long 0x30546146, 0x31546146, 0x32546146, 0x33546146, 0x34546146, 0x35546146, 0x36546146, 0x37546146

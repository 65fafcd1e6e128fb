# Fillers in the middle of a function: int3 behind a jump, and a run of long nops before a call.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r8d, 0x6E496450
  jmp 1f
  .fill 13, 1, 0xCC
1:
  mov edx, 40
  mov ecx, 1
  .byte 0x66, 0x66, 0x66, 0x0F, 0x1F, 0x84, 0, 0, 0, 0, 0
  .byte 0x0F, 0x1F, 0x44, 0, 0
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  test rax, rax
  je 2f
  xor eax, eax
  add rsp, 40
  ret
  .fill 6, 1, 0xCC
2:
  mov edx, 48
  xor ecx, ecx
  mov r8d, 0x32496450
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

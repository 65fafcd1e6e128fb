# A wrapper without frame that leaves by a jump with REX prefix through the import's slot.
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
get:
  mov r8d, edx
  mov rdx, rcx
  mov ecx, 512
  .byte 0x48
  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov ecx, 88
  mov edx, 0x78526A54
  call get

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

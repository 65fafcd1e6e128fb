# The list's tag as sixth argument at rsp+28h, written early; the depth behind it and the flags are written around it.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 72
  .seh_stackalloc 72
  .seh_endprologue
  and word ptr [rsp + 48], 0
  mov dword ptr [rsp + 40], 0x7453734C
  mov qword ptr [rsp + 32], 208
  lea rcx, [rip + list]
  mov r9d, 512
  xor r8d, r8d
  xor edx, edx
  call qword ptr [rip + __imp_ExInitializeNPagedLookasideList]

  xor eax, eax
  add rsp, 72
  ret
  .seh_endproc
  .bss
  .p2align 7
list:
  .zero 128

# Choice by a conditional move; the flag is not known.
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
  mov eax, 0x41766D43
  mov r8d, 0x42766D43
  cmp dword ptr [rcx + 8], 0
  cmovne r8d, eax
  mov edx, 24
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

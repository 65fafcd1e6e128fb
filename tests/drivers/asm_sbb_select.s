# Choice without a branch: neg and sbb make 0 or -1 of a condition, and and add make one of two tags of that.
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
  mov eax, dword ptr [rcx + 8]
  neg eax
  sbb r8d, r8d
  and r8d, 0x01000000
  add r8d, 0x30626253
  mov edx, 24
  mov ecx, 512
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

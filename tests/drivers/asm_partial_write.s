# The low half of r8 is written after the whole: what arrives has letters of both constants.
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
  mov r8d, 0x31577A7A
  mov r8w, 0x7250
  mov edx, 24
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

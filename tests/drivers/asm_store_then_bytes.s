# The tag is written to the stack as bytes and loaded as a whole.
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
  mov byte ptr [rsp + 32], 0x53
  mov byte ptr [rsp + 33], 0x62
  mov word ptr [rsp + 34], 0x3179
  mov r8d, dword ptr [rsp + 32]
  mov edx, 24
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

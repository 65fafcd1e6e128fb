# The tag is put together by or: two halves, and the protected bit from a register.
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
  mov r8d, 0x00007242
  or r8d, 0x314F0000
  mov edx, 16
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov eax, 0x80000000
  mov r8d, 0x324F7242
  or r8d, eax
  mov edx, 16
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

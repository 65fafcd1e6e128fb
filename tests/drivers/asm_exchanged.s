# Tag and size change places before the call.
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
  mov edx, 0x67546358
  mov r8d, 88
  xchg rdx, r8
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
# With memory: what stood there comes out, what was in the register stands there.
  mov dword ptr [rsp + 32], 0x6d546358
  mov r8d, 0x6e546358
  xchg dword ptr [rsp + 32], r8d
  mov edx, 96
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov r8d, dword ptr [rsp + 32]
  mov edx, 104
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

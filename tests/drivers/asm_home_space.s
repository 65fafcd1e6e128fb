# The wrapper spills its arguments to the home space above its frame, makes another call, and loads them again.
  .intel_syntax noprefix
  .text
  .def get; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  .seh_proc get
  mov dword ptr [rsp + 24], r8d
  mov qword ptr [rsp + 16], rdx
  mov dword ptr [rsp + 8], ecx
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  mov r8d, dword ptr [rsp + 0x40]
  mov rdx, qword ptr [rsp + 0x38]
  mov ecx, dword ptr [rsp + 0x30]
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
  .seh_endproc
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov ecx, 1
  mov edx, 120
  mov r8d, 0x536D6F48
  call get

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

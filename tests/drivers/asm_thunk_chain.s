# The call goes to a jump to a jump to the import; a wrapper is reached the same way (incremental linking).
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
thunk1:
  jmp thunk2
thunk_to_get:
  jmp get
  .p2align 4, 0xCC
thunk2:
  jmp thunk3
  .p2align 4, 0xCC
thunk3:
  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]
  .def get; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  .seh_proc get
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r8d, ecx
  mov edx, 32
  mov ecx, 1
  call thunk1
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
  mov ecx, 0x72576854
  call thunk_to_get
  mov ecx, 512
  mov edx, 48
  mov r8d, 0x68436854
  call thunk1

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

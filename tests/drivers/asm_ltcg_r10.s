# Link-time code generation gives a local function arguments in registers of its own choice: the tag comes in r10.
  .intel_syntax noprefix
  .text
  .def get; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  .seh_proc get
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov rdx, rcx
  mov r8d, r10d
  xor ecx, ecx
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
  mov ecx, 100
  mov r10d, 0x3152744C
  call get
  mov ecx, 200
  mov r10d, 0x3252744C
  call get

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

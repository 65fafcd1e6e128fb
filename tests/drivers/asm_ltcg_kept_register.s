# The callee reads a register that its caller keeps over calls, rbx; the calling convention knows no such argument.
  .intel_syntax noprefix
  .text
  .def get; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  .seh_proc get
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov edx, 48
  mov r8d, ebx
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
  .seh_endproc
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  sub rsp, 32
  .seh_stackalloc 32
  .seh_endprologue
  mov ebx, 0x7842744C
  call get
  test rax, rax
  jne 1f
  call get
1:

  xor eax, eax
  add rsp, 32
  pop rbx
  ret
  .seh_endproc

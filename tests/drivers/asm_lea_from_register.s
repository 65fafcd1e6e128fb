# Constants as distance from another constant: rbx is zero, and r8 is rbx plus something; then r8 again from what edi holds.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  push rdi
  .seh_pushreg rdi
  push rbp
  .seh_pushreg rbp
  sub rsp, 32
  .seh_stackalloc 32
  .seh_endprologue
  xor ebx, ebx
  lea edx, [rbx + 64]
  lea r8d, [rbx + 0x4161654C]
  lea ecx, [rbx + 1]
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov edi, 0x4261654C
  lea edx, [rbx + 80]
  lea r8d, [rdi + 0x01000000]
  mov ecx, ebx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 32
  pop rbp
  pop rdi
  pop rbx
  ret
  .seh_endproc

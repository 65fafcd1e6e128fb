# A pointer to a structure stands in a volatile register across a call that spares it, and the tag stands behind a pointer in
# that structure: link-time code generation passes the captures of a lambda so.
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
spares:
  xor eax, eax
  ret
  .p2align 4, 0xCC
allocates:
  .seh_proc allocates
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r11, rcx
  call spares
  mov rax, qword ptr [r11 + 8]
  mov r8d, dword ptr [rax]
  mov edx, 80
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
  sub rsp, 72
  .seh_stackalloc 72
  .seh_endprologue
  mov dword ptr [rsp + 40], 0x41707354
  lea rax, [rsp + 40]
  mov qword ptr [rsp + 56], rax
  lea rcx, [rsp + 48]
  call allocates
  xor eax, eax
  add rsp, 72
  ret
  .seh_endproc

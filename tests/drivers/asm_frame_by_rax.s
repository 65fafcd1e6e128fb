# The old style of frames: rax (later r11) holds the stack pointer at entry, and stack arguments are stored through it.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  mov rax, rsp
  push rdi
  .seh_pushreg rdi
  sub rsp, 64
  .seh_stackalloc 64
  .seh_endprologue
  xor edi, edi
  lea r8d, [rdi]
  and word ptr [rax - 24], di
  mov dword ptr [rax - 32], 0x78527246
  mov qword ptr [rax - 40], 224
  lea rcx, [rip + list]
  mov r9d, edi
  xor edx, edx
  call qword ptr [rip + __imp_ExInitializePagedLookasideList]
  xor eax, eax
  add rsp, 64
  pop rdi
  ret
  .seh_endproc
  .bss
  .p2align 7
list:
  .zero 128

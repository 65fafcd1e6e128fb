# A wrapper without entry in .pdata between two functions that have one; only a call leads to it.
  .intel_syntax noprefix
  .text
  .globl before
  .def before; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
before:
  .seh_proc before
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov ecx, 0x4E706147
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  add rsp, 40
  ret
  .seh_endproc
  .p2align 4, 0xCC
leaf:
  mov r8d, ecx
  mov edx, 72
  mov ecx, 1
  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]
  .globl after
  .def after; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
after:
  .seh_proc after
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov ecx, 0x4C706147
  call leaf
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
  call before
  call after

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

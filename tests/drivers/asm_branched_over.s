# No .pdata: what a function branches over is part of it, whatever fills the holes.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  sub rsp, 0x28
  cmp edx, 5
  jbe 1f
  mov r8d, 0x31764F42
  jmp 2f
  nop
  nop
1:
  cmp edx, 3
  je 3f
  mov r8d, 0x32764F42
2:
  mov ecx, 1
  mov edx, 40
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 0x28
  ret
  int3
  int3
3:
  mov r8d, 0x33764F42
  jmp 2b

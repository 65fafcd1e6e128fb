# The tag is read from constants in halves with movzx and put together by shift and or.
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
  movzx r8d, word ptr [rip + halves + 2]
  movzx eax, word ptr [rip + halves]
  shl r8d, 16
  or r8d, eax
  mov edx, 40
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov eax, 0x11117A4D
  movzx r8d, ax
  or r8d, 0x32480000
  mov edx, 48
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc
  .section .rdata,"dr"
  .p2align 2
halves:
  .ascii "MzH1"

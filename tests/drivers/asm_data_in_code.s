# Data between the instructions, jumped over: it reads like loads of tags, and no path leads to it.
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
  mov r8d, 0x6B4F7444
  jmp 1f
  .byte 0x41, 0xB8
  .ascii "DtN1"
  .byte 0x41, 0xB8
  .ascii "DtN2"
  .ascii "DtN3DtN4"
1:
  mov edx, dword ptr [rip + number]
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc
number:
  .ascii "DtN5"

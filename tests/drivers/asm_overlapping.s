# A jump into the middle of an instruction: read straight on, the bytes are another constant and no load of r8.
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
  mov edx, 40
  xor ecx, ecx
  mov r8d, 0x6F4E764F
  jmp 1f + 1
1:
  .byte 0xBA
  .byte 0x41, 0xB8
  .ascii "OvXP"
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

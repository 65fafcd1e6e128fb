# The import call as Microsoft's compiler writes it since 2019: with a REX prefix, and a nop of five bytes behind it.
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
  mov edx, 1024
  mov r8d, 0x72447241
  mov ecx, 512
  .byte 0x48
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  nop dword ptr [rax + rax]
  mov rcx, rax
  mov edx, 0x72467241
  .byte 0x48
  call qword ptr [rip + __imp_ExFreePoolWithTag]
  nop dword ptr [rax + rax]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

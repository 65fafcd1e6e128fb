# Merged tails: three branches set r8d and jump to one call, one of them with another pool type.
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
  mov eax, dword ptr [rcx + 8]
  mov edx, 64
  xor ecx, ecx
  test eax, eax
  je 1f
  cmp eax, 7
  je 2f
  mov r8d, 0x31436853
3:
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  jmp 4f
1:
  mov r8d, 0x32436853
  jmp 3b
2:
  mov r8d, 0x33436853
  mov ecx, 1
  jmp 3b
4:

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

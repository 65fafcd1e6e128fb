# A constant, or what a global holds whose address others got: the constant comes on one path whatever the global holds;
# what the global starts with rests on it that nobody wrote there.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 0x28
  .seh_stackalloc 0x28
  .seh_endprologue
  lea rcx, [rip + parameters]
  call qword ptr [rip + __imp_RtlInitUnicodeString]
  mov edx, 0x6E43764F
  mov eax, dword ptr [rip + override]
  test eax, eax
  cmovne edx, eax
  mov r8d, edx
  mov edx, 16
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  # by a branch
  mov r8d, dword ptr [rip + override]
  test r8d, r8d
  jne 1f
  mov r8d, 0x7242764F
1:
  mov edx, 24
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  # the global alone
  mov r8d, dword ptr [rip + alone]
  mov edx, 32
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  xor eax, eax
  add rsp, 0x28
  ret
  .seh_endproc
  .data
  .p2align 3
override:
  .long 0
alone:
  .long 0x6C41764F
parameters:
  .quad override, 4, alone, 4

# Code that no edge enters, behind a jump whose targets are not known: that it leads there is an assumption, also where it
# falls into a call that it has for itself. What other ways lead to is certain.
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
  test eax, eax
  je 7f
  mov rax, qword ptr [rcx + 16]
  jmp rax
  mov r8d, 0x30646144
  mov edx, 16
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  jmp 9f
  mov r8d, 0x31646144
  cmp edx, 3
  je 8f
  mov r8d, 0x32646144
8:
  mov edx, 24
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  jmp 9f
7:
  mov r8d, 0x30766C41
  mov edx, 32
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
9:
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

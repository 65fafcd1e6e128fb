# r8 is loaded with a tag, and with another before the call; a third comes after the call, a fourth goes to a function without tag.
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
  mov r8d, 0x314E774F
  mov edx, 40
  mov r9d, 0x324E774F
  mov r8d, 0x6B4F774F
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov r8d, 0x334E774F
  call qword ptr [rip + __imp_KeQueryTimeIncrement]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

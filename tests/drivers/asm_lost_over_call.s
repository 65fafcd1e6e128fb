# r8 does not survive a call: the tag that was in it before is not what the allocator gets, a kept register is.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  sub rsp, 32
  .seh_stackalloc 32
  .seh_endprologue
  mov r8d, 0x6F4E6F4C
  mov ebx, 0x6B4F6F4C
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  mov edx, 40
  xor ecx, ecx
  test eax, eax
  je 1f
  mov r8d, ebx
1:
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 32
  pop rbx
  ret
  .seh_endproc

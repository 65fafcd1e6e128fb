# The frame is aligned by and; the tag waits in the aligned part over a call, and one argument is read through rbp.
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
get:
  .seh_proc get
  push rbp
  .seh_pushreg rbp
  mov rbp, rsp
  .seh_setframe rbp, 0
  .seh_endprologue
  sub rsp, 80
  and rsp, -32
  mov dword ptr [rsp + 48], ecx
  mov qword ptr [rsp + 56], rdx
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  xor ecx, ecx
  mov rdx, qword ptr [rsp + 56]
  mov r8d, dword ptr [rsp + 48]
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov r8d, dword ptr [rbp + 48]
  mov edx, 8
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov rsp, rbp
  pop rbp
  ret
  .seh_endproc
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 56
  .seh_stackalloc 56
  .seh_endprologue
  mov dword ptr [rsp + 32], 0x35466C41
  mov ecx, 0x31466C41
  mov edx, 136
  call get

  xor eax, eax
  add rsp, 56
  ret
  .seh_endproc

# The import's address is loaded once into a kept register and called several times; once it is overwritten in between.
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
  mov rbx, qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov ecx, 1
  mov edx, 24
  mov r8d, 0x31527243
  call rbx
  xor ecx, ecx
  mov edx, 32
  mov r8d, 0x32527243
  call rbx
  mov rbx, qword ptr [rip + __imp_KeQueryTimeIncrement]
  mov r8d, 0x6F4E7243
  call rbx

  xor eax, eax
  add rsp, 32
  pop rbx
  ret
  .seh_endproc

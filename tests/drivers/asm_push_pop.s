# The tag goes over the stack: pushed as a constant, popped into the argument register; another is pushed and thrown away.
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
  push 0x73557050
  pop r8
  push 0x6F4E7050
  lea rsp, [rsp + 8]
  push 56
  pop rdx
  push 1
  pop rcx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

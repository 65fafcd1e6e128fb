# Without .pdata: the table of a jump stands right before a function that nobody calls, and what is read out of its last
# entry as if it were code reaches over the first bytes of that function. It is exported: it begins there.
  .intel_syntax noprefix
  .section .drectve,"yn"
  .ascii " -export:take"
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  and ecx, 1
  lea rdx, [rip + cases]
  movsxd rax, dword ptr [rdx + 4*rcx]
  add rax, rdx
  jmp rax
case0:
  mov eax, 5
  ret
case1:
  xor eax, eax
  ret
cases:
  .long case0 - cases
  .long case1 - cases
  .globl take
  .def take; .scl 2; .type 32; .endef
take:
  sub rsp, 40
  mov edx, 72
  mov r8d, 0x41656254
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret

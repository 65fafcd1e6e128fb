# Offsets in .rdata that count from a label which is not the table: base and table are two addresses.
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
  cmp eax, 2
  ja 9f
  lea rdx, [rip + table]
  movsxd rax, dword ptr [rdx + 4*rax]
  lea rdx, [rip + origin]
  add rax, rdx
  jmp rax
origin:
case0:
  mov r8d, 0x30626F4A
  jmp 8f
case1:
  mov r8d, 0x31626F4A
  jmp 8f
case2:
  mov r8d, 0x32626F4A
8:
  mov edx, 64
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
9:

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc
  .section .rdata,"dr"
  .p2align 2
table:
  .long case0 - origin, case1 - origin, case2 - origin

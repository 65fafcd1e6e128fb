# Sparse switch: a table of bytes picks one of the RVAs in a second table.
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
  sub eax, 100
  cmp eax, 9
  ja 9f
  lea rdx, [rip + __ImageBase]
  movzx eax, byte ptr [rdx + rax + kinds@IMGREL]
  mov ecx, dword ptr [rdx + 4*rax + table@IMGREL]
  add rcx, rdx
  jmp rcx
case0:
  mov r8d, 0x3032744A
  jmp 8f
case1:
  mov r8d, 0x3132744A
  jmp 8f
case2:
  mov r8d, 0x3232744A
8:
  mov edx, 64
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
none:
9:

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc
  nop
table:
  .rva case0, case1, case2, none
kinds:
  .byte 0, 3, 3, 1, 3, 3, 2, 3, 3, 0

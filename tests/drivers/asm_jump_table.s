# A jump table of RVAs in .text, behind the function; every case loads another tag, one call at the end.
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
  cmp eax, 3
  ja 9f
  lea rdx, [rip + __ImageBase]
  mov ecx, dword ptr [rdx + 4*rax + table@IMGREL]
  add rcx, rdx
  jmp rcx
case0:
  mov r8d, 0x3043744A
  jmp 8f
case1:
  mov r8d, 0x3143744A
  jmp 8f
case2:
  mov r8d, 0x3243744A
  jmp 8f
case3:
  mov r8d, 0x3343744A
8:
  mov edx, 64
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
9:

  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc
  nop
  nop
table:
  .rva case0, case1, case2, case3

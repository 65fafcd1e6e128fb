# Functions without entry in .pdata that end exactly where functions begin, so that no padding tells where the next one
# does: behind a jump and behind a return. Nothing refers to what follows them. The cases of a jump by a table stand on
# such places, too, and belong to the function that jumps.
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
leaf:
  mov edx, 72
  mov r8d, ecx
  xor ecx, ecx
  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]
behind_jump:
  mov edx, 80
  mov r8d, 0x4A706147
  mov ecx, 1
  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]
  .p2align 4, 0xCC
returns:
  mov eax, ecx
  lea eax, [rax + 4*rcx]
  lea eax, [rax + 8*rcx]
  lea eax, [rax + 2*rcx]
  lea eax, [rcx + rax]
  nop
  ret
behind_return:
  mov edx, 88
  mov r8d, 0x52706147
  mov ecx, 1
  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]
  .p2align 4, 0xCC
chooses:
  and ecx, 1
  lea r8, [rip + cases]
  movsxd rax, dword ptr [r8 + 4*rcx]
  nop
  nop
  mov r9d, 0x43706147
  mov edx, 96
  add rax, r8
  jmp rax
case0:
  mov r8d, r9d
  mov ecx, 1
  nop
  nop
  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]
case1:
  mov r8d, 0x44706147
  mov ecx, 1
  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]
  .p2align 4, 0xCC
cases:
  .long case0 - cases
  .long case1 - cases
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov ecx, 0x4C706147
  call leaf
  mov ecx, 3
  call returns
  mov ecx, eax
  call chooses
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

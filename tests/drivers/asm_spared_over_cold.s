# The tag stays in r9 over a call of a function that spares it. A part of that function which seldom runs stands behind
# others, and another function ends with a jump to one that spares r9, too; the third one ends with one that does not.
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
spares:
  mov eax, dword ptr [rcx + 40]
  and eax, edx
  cmp eax, edx
  je 5f
4:
  xor al, al
  ret
  .p2align 4, 0xCC
ends_elsewhere:
  inc ecx
  jmp spares_too
  .p2align 4, 0xCC
overwrites:
  inc ecx
  jmp overwrites_r9
  .p2align 4, 0xCC
between:
  .seh_proc between
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  add rsp, 40
  ret
  .seh_endproc
  .p2align 4, 0xCC
spares_too:
  lea eax, [rcx + 2*rcx]
  ret
  .p2align 4, 0xCC
overwrites_r9:
  lea r9d, [rcx + 2*rcx]
  mov eax, r9d
  ret
  .p2align 4, 0xCC
5:
  mov r8d, dword ptr [rcx + 44]
  cmp r8d, edx
  je 4b
  mov al, 1
  ret
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r9d, 0x41707253
  mov edx, 4
  call spares
  mov r8d, r9d
  mov edx, 64
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov r9d, 0x42707253
  mov ecx, 4
  call ends_elsewhere
  mov r8d, r9d
  mov edx, 72
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov r9d, 0x43707253
  mov ecx, 4
  call overwrites
  mov r8d, r9d
  mov edx, 80
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  call between
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

# A loop moves a hundred locals up by one; the last gets another tag. It takes a hundred rounds until that is the first,
# longer than anybody follows a loop: then the first tag is one of several possibilities, and must not be called sure.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  sub rsp, 0x420
  .seh_stackalloc 0x420
  .seh_endprologue
  mov rbx, rcx
  .set slot, 0
  .rept 101
  mov dword ptr [rsp + slot*8 + 0x40], 0x41776C53
  .set slot, slot + 1
  .endr
1:
  .set slot, 0
  .rept 100
  mov eax, dword ptr [rsp + slot*8 + 0x48]
  mov dword ptr [rsp + slot*8 + 0x40], eax
  .set slot, slot + 1
  .endr
  mov dword ptr [rsp + 100*8 + 0x40], 0x42776C53
  dec dword ptr [rbx]
  cmp dword ptr [rbx], 0
  jne 1b
  mov r8d, dword ptr [rsp + 0x40]
  mov edx, 40
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 0x420
  pop rbx
  ret
  .seh_endproc

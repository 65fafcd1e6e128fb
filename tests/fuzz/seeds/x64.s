# The selector, then code at RVA 0x3000 of the shell: slots of the import table stand at RVA 0x1200.
  .intel_syntax noprefix
  .byte 0
start:
  sub rsp, 0x48
  mov r8d, 0x6B61654C
  mov edx, 0x40
  xor ecx, ecx
  call qword ptr [rip + start - 0x3000 + 0x1200]
  mov edx, 0x6B61654C
  mov rcx, rax
  call qword ptr [rip + start - 0x3000 + 0x1208]
  mov dword ptr [rsp + 0x28], 0x326B614C
  call qword ptr [rip + start - 0x3000 + 0x1210]
  mov eax, dword ptr [rip + start - 0x3000 + 0x2000]
  mov r8d, eax
  call wrapper
  add rsp, 0x48
  ret
  .p2align 4, 0xCC
wrapper:
  jmp qword ptr [rip + start - 0x3000 + 0x1200]

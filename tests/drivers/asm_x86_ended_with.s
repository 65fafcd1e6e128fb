# Functions behind jumps that end others, which are jumped to by such as nothing but a jump leads to, too. And a part of a
# function behind the end of another, which finds its tag on the stack of the one that jumps there.
  .intel_syntax noprefix
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_keep:
  ret
  .p2align 4, 0xCC
_first:
  push ebp
  mov ebp, esp
  push 0x41656554
  push 40
  push 1
  .att_syntax
  calll *__imp__ExAllocatePoolWithTag@12
  .intel_syntax noprefix
  pop ebp
  jmp _keep
_get:
  push ebp
  mov ebp, esp
  push dword ptr [ebp + 12]
  push dword ptr [ebp + 8]
  push 1
  .att_syntax
  calll *__imp__ExAllocatePoolWithTag@12
  .intel_syntax noprefix
  leave
  ret
_checked:
  push ebp
  mov ebp, esp
  mov eax, dword ptr [ebp + 8]
  cmp eax, 4096
  ja 1f
  pop ebp
  jmp _get
1:
  pop ebp
  ret
_turned:
  push ebp
  mov ebp, esp
  mov eax, dword ptr [ebp + 12]
  mov edx, dword ptr [ebp + 8]
  add eax, 8
  mov dword ptr [ebp + 12], edx
  mov dword ptr [ebp + 8], eax
  pop ebp
  jmp _checked
  .p2align 4, 0xCC
_in_parts:
  push 0x43656554
  push 56
  test eax, eax
  jne _part
  add esp, 8
  ret
  .p2align 4, 0xCC
_other:
  xor eax, eax
  jmp _keep
_part:
  push 1
  .att_syntax
  calll *__imp__ExAllocatePoolWithTag@12
  .intel_syntax noprefix
  ret
  .p2align 4, 0xCC
_DriverEntry@8:
  push ebp
  mov ebp, esp
  call _first
  push 40
  push 0x42656554
  call _turned
  add esp, 8
  call _in_parts
  call _other
  xor eax, eax
  pop ebp
  ret 8

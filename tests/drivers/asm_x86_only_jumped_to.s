# Functions that are only jumped to, over a short distance, each behind the return or the jump of another one without
# padding: gcc's -Os writes wrappers of wrappers so.
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
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
_outer:
  push ebp
  mov ebp, esp
  sub esp, 16
  push dword ptr [ebp + 8]
  push dword ptr [ebp + 12]
  call _get
  add esp, 16
  leave
  ret
_turned:
  push ebp
  mov ebp, esp
  mov eax, dword ptr [ebp + 8]
  mov edx, dword ptr [ebp + 12]
  mov dword ptr [ebp + 12], eax
  mov dword ptr [ebp + 8], edx
  pop ebp
  jmp _outer
_called:
  push ebp
  mov ebp, esp
  mov eax, dword ptr [ebp + 8]
  add eax, 8
  mov dword ptr [ebp + 8], eax
  pop ebp
  jmp _turned
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_DriverEntry@8:
  push ebp
  mov ebp, esp
  push 0x41704A4F
  push 40
  call _called
  add esp, 8
  xor eax, eax
  pop ebp
  ret 8

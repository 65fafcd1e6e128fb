# Three calls through a pointer, and then a saved register is taken from where it stands if all of them together took
# nothing off the stack: none of them did, and the argument between them is known. Of two others that take 4 bytes off each
# that is not known.
  .intel_syntax noprefix
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
_get:
  push dword ptr [esp + 4]
  push 40
  push 1
  .att_syntax
  calll *__imp__ExAllocatePoolWithTag@12
  .intel_syntax noprefix
  ret
  .p2align 4, 0xCC
_three:
  push ebx
  sub esp, 24
  mov ebx, dword ptr [esp + 32]
  mov dword ptr [esp], 0x41637554
  call ebx
  mov eax, dword ptr [esp + 36]
  mov dword ptr [esp], eax
  call ebx
  mov eax, dword ptr [esp + 40]
  mov dword ptr [esp], eax
  call ebx
  add esp, 24
  pop ebx
  ret
  .p2align 4, 0xCC
_get_and_clean:
  push dword ptr [esp + 4]
  push 48
  push 1
  .att_syntax
  calll *__imp__ExAllocatePoolWithTag@12
  .intel_syntax noprefix
  ret 4
  .p2align 4, 0xCC
_two:
  push ebx
  mov ebx, dword ptr [esp + 8]
  push 0x44637554
  call ebx
  mov eax, dword ptr [esp + 12]
  mov ecx, 1
  mov edx, 1
  push eax
  call ebx
  pop ebx
  ret
  .p2align 4, 0xCC
_DriverEntry@8:
  push ebp
  mov ebp, esp
  push 0x43637554
  push 0x42637554
  .att_syntax
  pushl $_get
  .intel_syntax noprefix
  call _three
  add esp, 12
  push 0x46637554
  push 0x45637554
  .att_syntax
  pushl $_get_and_clean
  .intel_syntax noprefix
  call _two
  add esp, 12
  xor eax, eax
  pop ebp
  ret 8

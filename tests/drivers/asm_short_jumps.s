# Without .pdata: functions that are only jumped to, over a short distance, each behind the jump that ends another one, the
# last by way of a third (gcc's -Os); one behind a table that holds no instructions, whose address a word of the data has;
# and what stands behind a jump and is reached by nothing but itself.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  sub rsp, 40
  call chooses
  mov ecx, 0x41736554
  call called
  mov ecx, 0x42736554
  call qword ptr [rip + held]
  mov ecx, 0x43736554
  call through_third
  xor eax, eax
  add rsp, 40
  ret
  .p2align 4, 0xCC
chooses:
  and ecx, 1
  lea rdx, [rip + cases]
  movsxd rax, dword ptr [rdx + 4*rcx]
  add rax, rdx
  jmp rax
case0:
  mov eax, 5
  ret
case1:
  mov eax, 7
  ret
cases:
  .long case0 - cases
  .long case1 - cases
get_held:
  sub rsp, 40
  mov edx, 72
  mov r8d, ecx
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  jmp chooses
get:
  sub rsp, 40
  mov edx, 80
  mov r8d, eax
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  jmp chooses
called:
  mov eax, ecx
  jmp get
  .p2align 4, 0xCC
returns:
  xor eax, eax
  .byte 0xE9
  .long chooses - (. + 4)
get_more:
  sub rsp, 40
  mov edx, 88
  mov r8d, eax
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  .byte 0xE9
  .long chooses - (. + 4)
second:
  xchg eax, ecx
  jmp get_more
dead:
  mov r8d, 0x44736554
  mov edx, 96
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  test rax, rax
  je dead
  ret
  .p2align 4, 0xCC
through_third:
  test ecx, ecx
  je nothing
  jmp second
nothing:
  ret
  .data
  .p2align 3
held:
  .quad get_held

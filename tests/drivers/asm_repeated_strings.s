# Tags in structures that rep movs and rep stos fill: what was stored one by one before is gone. How far a copy reaches
# whose length is not known, nobody can say: its old tag is no proof.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rsi
  .seh_pushreg rsi
  push rdi
  .seh_pushreg rdi
  sub rsp, 184
  .seh_stackalloc 184
  .seh_endprologue
# The third word of four is the tag.
  mov dword ptr [rsp + 40], 0x304F7352
  lea rsi, [rip + four]
  lea rdi, [rsp + 32]
  mov ecx, 4
  rep movsd
  mov r8d, dword ptr [rsp + 40]
  mov edx, 16
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
# Every word is the tag.
  mov dword ptr [rsp + 44], 0x314F7352
  lea rdi, [rsp + 32]
  mov eax, 0x32537352
  mov ecx, 8
  rep stosd
  mov r8d, dword ptr [rsp + 44]
  mov edx, 32
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
# Two words stored without a count.
  mov dword ptr [rsp + 36], 0x334F7352
  lea rdi, [rsp + 32]
  mov eax, 0x34557352
  stosd
  stosd
  mov r8d, dword ptr [rsp + 36]
  mov edx, 48
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
# As many as somebody says.
  mov dword ptr [rsp + 48], 0x354F7352
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  mov ecx, eax
  lea rsi, [rip + four]
  lea rdi, [rsp + 32]
  rep movsb
  mov r8d, dword ptr [rsp + 48]
  mov edx, 64
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
# A hundred bytes, and the tag stands behind them.
  mov dword ptr [rsp + 140], 0x364B7352
  lea rdi, [rsp + 32]
  xor eax, eax
  mov ecx, 100
  rep stosb
  mov r8d, dword ptr [rsp + 140]
  mov edx, 80
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  xor eax, eax
  add rsp, 184
  pop rdi
  pop rsi
  ret
  .seh_endproc
  .section .rdata,"dr"
  .p2align 2
four:
  .long 1, 2, 0x31567352, 4

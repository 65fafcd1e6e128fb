# Letters that are copied by a loop, that stand in swapped order, and one that comes from a byte register.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rsi
  .seh_pushreg rsi
  sub rsp, 64
  .seh_stackalloc 64
  .seh_endprologue
  mov rsi, rdx

  # Four letters, each to its place, until a NUL.
  xor eax, eax
1:
  lea r8, [rip + word]
  mov r8b, byte ptr [rax + r8]
  test r8b, r8b
  je 2f
  mov byte ptr [rsp + rax + 48], r8b
  inc rax
  cmp rax, 4
  jl 1b
2:
  mov r8d, dword ptr [rsp + 48]
  mov edx, 24
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  # One of any letter, the number of a debugger turned round.
  movzx eax, byte ptr [rsi]
  or eax, 0x53776100
  bswap eax
  mov r8d, eax
  mov edx, 32
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  # Written over the lowest byte of a tag.
  mov eax, 0x65747942
  mov al, byte ptr [rsi]
  mov r8d, eax
  mov edx, 40
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  # A letter that is put together with blanks, and one with bytes that are none, are no patterns.
  movzx eax, byte ptr [rsi]
  shl eax, 24
  or eax, 0x202031
  mov r8d, eax
  mov edx, 48
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]

  xor eax, eax
  add rsp, 64
  pop rsi
  ret
  .seh_endproc

  .section .rdata, "dr"
word:
  .asciz "Copy"

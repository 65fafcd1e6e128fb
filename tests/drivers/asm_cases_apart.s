# Without .pdata: cases of a jump by a table that stand aligned behind it, and a default case behind a jump of five bytes.
# Nothing but those jumps leads there, from within a frame: they are parts of the functions that jump.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  call aligned_cases
  jmp long_jumps
  .p2align 4, 0xCC
aligned_cases:
  lea r9, [rip + cases]
  and ecx, 1
  sub rsp, 40
  movsxd rax, dword ptr [r9 + 4*rcx]
  add rax, r9
  jmp rax
  .p2align 4, 0x90
case0:
  mov r8d, 0x41616354
together:
  mov edx, 72
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
case1:
  mov r8d, 0x42616354
  jmp together
  .p2align 4, 0xCC
long_jumps:
  sub rsp, 40
  test ecx, ecx
  je zero
  .byte 0xE9
  .long other - (. + 4)
zero:
  mov r8d, 0x43616354
  .byte 0xE9
  .long both - (. + 4)
other:
  mov r8d, 0x44616354
both:
  mov edx, 80
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
  .section .rdata,"dr"
  .p2align 2
cases:
  .long case0 - cases
  .long case1 - cases

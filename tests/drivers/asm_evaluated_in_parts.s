# Without .pdata: a function that makes a tag of a string ends behind a jump of five bytes, over code that nothing reaches; what
# stands there passes for a function of its own. The call is evaluated over both parts.
  .intel_syntax noprefix
  .section .rdata,"dr"
name: .ascii "TepA"
  .text
  .p2align 4, 0xCC
tag_of:
  sub rsp, 8
  xor eax, eax
  mov edx, 4
again:
  movzx r8d, byte ptr [rcx]
  shl r8d, 24
  shr eax, 8
  or eax, r8d
  add rcx, 1
  sub edx, 1
  jne again
  .byte 0xE9
  .long done - (. + 4)
  xor eax, eax
  add rsp, 8
  ret
done:
  add rsp, 8
  ret
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  sub rsp, 40
  lea rcx, [rip + name]
  call tag_of
  mov r8d, eax
  mov edx, 72
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  xor eax, eax
  add rsp, 40
  ret

# One call instruction serves two functions that get different arguments: each way into it is judged by itself.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  call free_or_get
  call no_code
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

  .p2align 4, 0xCC
free_or_get:
  .seh_proc free_or_get
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  test r9b, r9b
  jne 1f
  mov rax, [rip + __imp_ExFreePoolWithTag]
  mov edx, 0x72464343
  mov r8d, 0x6F4E4343
0:
  call rax
  jmp 2f
1:
  mov rax, [rip + __imp_ExAllocatePoolWithTag]
  mov ecx, 1
  mov edx, 64
  mov r8d, 0x65474343
  jmp 0b
2:
  add rsp, 40
  ret
  .seh_endproc

  .p2align 4, 0xCC
no_code:
  .seh_proc no_code
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r9d, 0x324E4343
  test r8b, r8b
  jne 1f
  mov rax, [rip + __imp_ExFreePool]
  xor ecx, ecx
0:
  call rax
  jmp 2f
1:
  mov rax, [rip + __imp_StorPortExtendedFunction]
  mov ecx, 1
  jmp 0b
2:
  add rsp, 40
  ret
  .seh_endproc

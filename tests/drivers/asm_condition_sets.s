# Only function code 0 of StorPortExtendedFunction allocates. The code is one of several numbers: where none is 0 nothing
# allocates; where one is, its way into the call brings the tag that counts.
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
  call never
  call one_way
  call chosen
  call mixed
  call unknown
  mov ecx, 1
  mov r9d, 0x6E4E7743
  call passed_on
  mov ecx, 2
  test r8b, r8b
  jne 1f
  mov ecx, 3
1:
  mov r9d, 0x324E7743
  call passed_on
  xor ecx, ecx
  mov r9d, 0x79597743
  call passed_on
  xor ecx, ecx
  mov r9d, 0x31597743
  test r8b, r8b
  jne 2f
  mov ecx, 9
  mov r9d, 0x334E7743
2:
  call passed_on
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

  .p2align 4, 0xCC
never:
  .seh_proc never
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov ecx, 1
  test r8b, r8b
  jne 1f
  mov ecx, 2
1:
  mov r9d, 0x656E7343
  call qword ptr [rip + __imp_StorPortExtendedFunction]
  add rsp, 40
  ret
  .seh_endproc

  .p2align 4, 0xCC
one_way:
  .seh_proc one_way
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  xor ecx, ecx
  mov r9d, 0x79657343
  test r8b, r8b
  jne 1f
  mov ecx, 5
  mov r9d, 0x6F6E7343
1:
  mov edx, 64
  call qword ptr [rip + __imp_StorPortExtendedFunction]
  add rsp, 40
  ret
  .seh_endproc

  .p2align 4, 0xCC
chosen:
  .seh_proc chosen
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  xor ecx, ecx
  mov eax, 4
  test r8b, r8b
  cmovne ecx, eax
  mov r9d, 0x68637343
  call qword ptr [rip + __imp_StorPortExtendedFunction]
  add rsp, 40
  ret
  .seh_endproc

  .p2align 4, 0xCC
mixed:
  .seh_proc mixed
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  xor ecx, ecx
  mov eax, 4
  mov r9d, 0x31787343
  mov r10d, 0x32787343
  test r8b, r8b
  cmovne ecx, eax
  test dl, dl
  cmovne r9d, r10d
  call qword ptr [rip + __imp_StorPortExtendedFunction]
  add rsp, 40
  ret
  .seh_endproc

  .p2align 4, 0xCC
unknown:
  .seh_proc unknown
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov ecx, dword ptr [rdx]
  mov r9d, 0x6E757343
  call qword ptr [rip + __imp_StorPortExtendedFunction]
  add rsp, 40
  ret
  .seh_endproc

  .p2align 4, 0xCC
passed_on:
  .seh_proc passed_on
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r8d, 64
  call qword ptr [rip + __imp_StorPortExtendedFunction]
  add rsp, 40
  ret
  .seh_endproc

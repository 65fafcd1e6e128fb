# Without .pdata: the table of a jump stands right before a function, and what is read out of its last entry as if it
# were code reaches over the first bytes of that function. And a function that is only jumped to, over a short distance,
# behind a return of another one without padding.
  .intel_syntax noprefix
  .text
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
get:
  sub rsp, 40
  mov edx, 72
  mov r8d, ecx
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
get_more:
  sub rsp, 40
  mov edx, 80
  mov r8d, eax
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
get_with_letter:
  mov eax, ecx
  jmp get_more
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  call chooses
  mov ecx, 0x41656254
  call get
  mov ecx, 0x42656254
  call get_with_letter
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc

# The same table, into which the driver puts a function of its own at a place that is computed at run time.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 88
  .seh_stackalloc 88
  .seh_endprologue
  lea r9, [rip + globals]
  lea r8, [rip + bind_info]
  call qword ptr [rip + __imp_WdfVersionBind]
  call tamper
  lea rax, [rsp + 64]
  mov [rsp + 48], rax
  mov [rsp + 40], rax
  mov qword ptr [rsp + 32], 96
  mov eax, 8
  imul rax, rax, 192
  mov rcx, [rip + functions]
  mov rax, [rcx + rax]
  mov r9d, 0x6F48644B
  mov r8d, 1
  xor edx, edx
  mov rcx, [rip + globals]
  call rax
  xor eax, eax
  add rsp, 88
  ret
  .seh_endproc
  .p2align 4, 0xCC
tamper:
  mov eax, 8
  imul rax, rax, 192
  mov rcx, [rip + functions]
  lea rdx, [rip + own]
  mov [rcx + rax], rdx
  ret
  .p2align 4, 0xCC
own:
  xor eax, eax
  ret

  .section .rdata,"dr"
component:
  .short 'K','m','d','f','L','i','b','r','a','r','y',0
  .data
  .p2align 3
globals:
  .quad 0
functions:
  .quad 0
bind_info:
  .long 0x58, 0
  .quad component
  .long 1, 33, 0, 458
  .quad functions
  .zero 0x30

# Builds without optimisation multiply the index of the framework's function at run time: by imul, by a shift, by lea and
# by the scale of an address; the last call goes through control flow guard's dispatch.
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
  call by_imul
  call by_shift
  call by_lea
  call by_scale
  call by_dispatch
  xor eax, eax
  add rsp, 88
  ret
  .seh_endproc

  .def by_imul; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
by_imul:
  .seh_proc by_imul
  sub rsp, 88
  .seh_stackalloc 88
  .seh_endprologue
  lea rax, [rsp + 64]
  mov [rsp + 48], rax
  mov [rsp + 40], rax
  mov qword ptr [rsp + 32], 96
  mov eax, 8
  imul rax, rax, 192
  mov rcx, [rip + functions]
  mov rax, [rcx + rax]
  mov r9d, 0x4D49644B
  mov r8d, 1
  xor edx, edx
  mov rcx, [rip + globals]
  call rax
  add rsp, 88
  ret
  .seh_endproc

  .def by_shift; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
by_shift:
  .seh_proc by_shift
  sub rsp, 88
  .seh_stackalloc 88
  .seh_endprologue
  lea rax, [rsp + 64]
  mov [rsp + 48], rax
  mov [rsp + 40], rax
  mov qword ptr [rsp + 32], 96
  mov eax, 192
  shl rax, 3
  add rax, [rip + functions]
  mov rax, [rax]
  mov r9d, 0x4853644B
  mov r8d, 1
  xor edx, edx
  mov rcx, [rip + globals]
  call rax
  add rsp, 88
  ret
  .seh_endproc

  .def by_lea; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
by_lea:
  .seh_proc by_lea
  sub rsp, 88
  .seh_stackalloc 88
  .seh_endprologue
  lea rax, [rsp + 64]
  mov [rsp + 48], rax
  mov [rsp + 40], rax
  mov qword ptr [rsp + 32], 96
  mov ecx, 192
  mov rdx, [rip + functions]
  lea rax, [rdx + rcx*8]
  mov rax, [rax]
  mov r9d, 0x454C644B
  mov r8d, 1
  xor edx, edx
  mov rcx, [rip + globals]
  call rax
  add rsp, 88
  ret
  .seh_endproc

  .def by_scale; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
by_scale:
  .seh_proc by_scale
  sub rsp, 88
  .seh_stackalloc 88
  .seh_endprologue
  lea rax, [rsp + 64]
  mov [rsp + 48], rax
  mov [rsp + 40], rax
  mov qword ptr [rsp + 32], 96
  mov eax, 192
  mov rcx, [rip + functions]
  mov rax, [rcx + rax*8]
  mov r9d, 0x4353644B
  mov r8d, 1
  xor edx, edx
  mov rcx, [rip + globals]
  call rax
  add rsp, 88
  ret
  .seh_endproc

  .def by_dispatch; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
by_dispatch:
  .seh_proc by_dispatch
  sub rsp, 88
  .seh_stackalloc 88
  .seh_endprologue
  lea rax, [rsp + 64]
  mov [rsp + 48], rax
  mov [rsp + 40], rax
  mov qword ptr [rsp + 32], 96
  mov eax, 8
  imul rax, rax, 192
  mov rcx, [rip + functions]
  mov rax, [rcx + rax]
  mov r9d, 0x4944644B
  mov r8d, 1
  xor edx, edx
  mov rcx, [rip + globals]
  call qword ptr [rip + __guard_dispatch_icall_fptr]
  add rsp, 88
  ret
  .seh_endproc

  .p2align 4, 0xCC
guard_nop:
  ret
  .p2align 4, 0xCC
guard_jump:
  jmp rax

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

  .section .rdata,"dr"
  .globl _load_config_used
  .p2align 3
_load_config_used:
  .long 0x138
  .zero 0x6C
  .quad __guard_check_icall_fptr
  .quad __guard_dispatch_icall_fptr
  .zero 0xB8
  .p2align 3
__guard_check_icall_fptr:
  .quad guard_nop
__guard_dispatch_icall_fptr:
  .quad guard_jump

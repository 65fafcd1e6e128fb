# Control flow guard, the older way: a check that keeps the argument registers, then the call itself.
  .intel_syntax noprefix
  .text
  .def get; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  .seh_proc get
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r8d, edx
  mov rdx, rcx
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
  .seh_endproc
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  sub rsp, 32
  .seh_stackalloc 32
  .seh_endprologue
  lea rbx, [rip + get]
  mov rcx, rbx
  call qword ptr [rip + __guard_check_icall_fptr]
  mov ecx, 24
  mov edx, 0x72576347
  call rbx
  mov edx, 40
  mov r8d, 0x6D496347
  mov rcx, qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov rbx, rcx
  call qword ptr [rip + __guard_check_icall_fptr]
  mov ecx, 1
  mov edx, 40
  mov r8d, 0x6D496347
  call rbx

  xor eax, eax
  add rsp, 32
  pop rbx
  ret
  .seh_endproc
  .p2align 4, 0xCC
guard_nop:
  ret
  .p2align 4, 0xCC
guard_jump:
  jmp rax

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

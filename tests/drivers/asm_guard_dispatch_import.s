# The guarded call's target is the import itself: its address is loaded into rax.
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
  mov ecx, 512
  mov edx, 40
  mov r8d, 0x6D496447
  mov rax, qword ptr [rip + __imp_ExAllocatePoolWithTag]
  call qword ptr [rip + __guard_dispatch_icall_fptr]

  xor eax, eax
  add rsp, 40
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

// Control flow guard by dispatch: the target in x9, through the pointer of the load config and by its body.
  .text
  .globl DriverEntry
  .p2align 2
DriverEntry:
  .seh_proc DriverEntry
  stp x29, x30, [sp, #-32]!
  .seh_save_fplr_x 32
  str x19, [sp, #16]
  .seh_save_reg x19, 16
  mov x29, sp
  .seh_set_fp
  .seh_endprologue
  adrp x9, get
  add x9, x9, :lo12:get
  ldr w1, a
  mov x0, #24
  adrp x8, __guard_dispatch_icall_fptr
  ldr x8, [x8, :lo12:__guard_dispatch_icall_fptr]
  blr x8
  adrp x10, __imp_ExAllocatePoolWithTag
  ldr x9, [x10, :lo12:__imp_ExAllocatePoolWithTag]
  ldr w2, b
  mov x1, #40
  mov w0, #1
  bl guard_jump
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x72576447
b:
  .long 0x6D496447
  .p2align 4
get:
  mov w2, w1
  mov x1, x0
  mov w0, #0
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  br x8
  .p2align 4
guard_nop:
  ret
  .p2align 4
guard_jump:
  br x9

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

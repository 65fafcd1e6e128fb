// The slot is loaded once into a kept register and called twice.
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
  adrp x19, __imp_ExAllocatePoolWithTag
  ldr x19, [x19, :lo12:__imp_ExAllocatePoolWithTag]
  ldr w2, a
  mov x1, #16
  mov w0, #1
  blr x19
  ldr w2, b
  mov x1, #24
  mov w0, #512
  blr x19
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x61417243
b:
  .long 0x62427243

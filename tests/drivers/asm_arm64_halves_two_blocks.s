// One half before a branch and the other behind it, where two ways meet again.
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
  mov w19, #0x7448
  ldr w8, [x0]
  cbz w8, 1f
  adrp x9, __imp_KeQueryTimeIncrement
  ldr x9, [x9, :lo12:__imp_KeQueryTimeIncrement]
  blr x9
  b 2f
1:
  nop
2:
  movk w19, #0x6141, lsl #16
  mov w2, w19
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc

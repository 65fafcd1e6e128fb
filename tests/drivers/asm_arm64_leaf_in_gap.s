// Leaf wrappers have no .pdata record: one that branches within itself and calls twice, between two padded functions.
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
  ldr w0, a
  mov w1, #1
  bl leaf
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x6141674C
  .p2align 4
other:
  mov w0, #3
  ret
  .p2align 4
leaf:
  cbz w1, 1f
  mov w2, w0
  mov w0, #1
  b 2f
1:
  mov w2, w0
  mov w0, #0
2:
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  br x8

// Wrappers without a frame and without .pdata that jump on: through the slot, and to one another.
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
  ldr w1, a
  mov x0, #16
  bl outer
  ldr w2, b
  mov x1, #24
  mov w0, #0
  bl inner
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x61416354
b:
  .long 0x62426354
  .p2align 4
outer:
  mov w2, w1
  mov x1, x0
  mov w0, #1
  b inner
  .p2align 4
  nop
inner:
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  br x8

// csel chooses between two tags, csinc and csneg make numbers that are none.
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
  ldr w8, [x0]
  ldr w9, a
  ldr w10, b
  cmp w8, #0
  csel w2, w9, w10, eq
  cset w0, ne
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
a:
  .long 0x61416C53
b:
  .long 0x62426C53

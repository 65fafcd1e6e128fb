// The tag is put together from bytes: bfi, bfxil, ubfiz and a shifted orr.
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
  ldr w8, a
  mov w9, #0x42
  bfi w8, w9, #24, #8
  mov w2, w8
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  ldr w8, c
  ldr w9, d
  bfxil w8, w9, #8, #16
  mov w2, w8
  mov w0, #512
  mov x1, #24
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  ldr w8, e
  mov w9, #0x45
  orr w2, w8, w9, lsl #24
  mov w0, #0
  mov x1, #8
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  mov w9, #0x46
  ubfiz w9, w9, #24, #8
  ldr w8, f
  eor w2, w8, w9
  mov w0, #0
  mov x1, #40
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x5F416642
c:
  .long 0x44475F5F
d:
  .ascii "?xy?"
e:
  .long 0x5F476642 & 0xFFFFFF
f:
  .long 0x5F486642 & 0xFFFFFF

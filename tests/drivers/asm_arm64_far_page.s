// The page of the import table is loaded once, kept in a register across a call and taken along a branch; the slot is
// loaded far from it.
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
  mov w9, #1
  add w9, w9, #1
  add w9, w9, #2
  add w9, w9, #3
  add w9, w9, #4
  add w9, w9, #5
  add w9, w9, #6
  add w9, w9, #7
  add w9, w9, #8
  add w9, w9, #9
  add w9, w9, #10
  add w9, w9, #11
  add w9, w9, #12
  add w9, w9, #13
  add w9, w9, #14
  add w9, w9, #15
  add w9, w9, #16
  add w9, w9, #17
  add w9, w9, #18
  add w9, w9, #19
  add w9, w9, #20
  ldr w8, [x0]
  cbz w8, 2f
  mov x19, #0
  b 3f
2:
  ldr w2, tag_a
  mov x1, #16
  mov w0, #1
  ldr x8, [x19, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  ldr w2, tag_b
  mov x1, #24
  mov w0, #1
  ldr x8, [x19, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
3:
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
tag_a:
  .long 0x61417046
tag_b:
  .long 0x62427046

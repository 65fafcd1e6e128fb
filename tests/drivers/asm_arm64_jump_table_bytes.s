// A table of bytes, which would go on for ever if the comparison before it did not bound it.
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
  mov w10, w8
  cmp w8, #3
  b.hs 9f
  adrp x9, table
  add x9, x9, :lo12:table
  adr x11, base
  ldrb w12, [x9, x10]
  add x11, x11, x12, lsl #2
  br x11
base:
  ldr w2, t0
  b 8f
case1:
  ldr w2, t1
  b 8f
case2:
  ldr w2, t2
8:
  mov w0, #1
  mov x1, #64
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
9:
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
t0:
  .long 0x4141624A
t1:
  .long 0x4242624A
t2:
  .long 0x4343624A

  .section .rdata,"dr"
table:
  .byte 0, (case1 - base) / 4, (case2 - base) / 4
  .byte 1, 2, 3, 1, 2, 3, 1, 2, 3

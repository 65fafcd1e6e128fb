// A table of distances in words behind the function, as MSVC makes it; one call at the end.
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
  cmp w8, #3
  b.hi 9f
  adr x9, table
  ldrsw x8, [x9, w8, uxtw #2]
  adr x9, base
  add x8, x9, x8, lsl #2
  br x8
base:
  ldr w2, t0
  b 8f
case1:
  ldr w2, t1
  b 8f
case2:
  ldr w2, t2
  b 8f
case3:
  ldr w2, t3
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
table:
  .long 0, (case1 - base) / 4, (case2 - base) / 4, (case3 - base) / 4
t0:
  .long 0x4141744A
t1:
  .long 0x4242744A
t2:
  .long 0x4343744A
t3:
  .long 0x4444744A

// Words in the literal pool that look like calls of the wrapper and like the loads of a slot: nobody executes them.
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
  bl get
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x61416344
  .long 0x6F4E6344
  mov w0, #0x6344
  movk w0, #0x6F4E, lsl #16
  .long 0x94000003
  .long 0x97FFFFFF
  .p2align 4
get:
  mov w2, w0
  mov x1, #16
  mov w0, #1
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  br x8

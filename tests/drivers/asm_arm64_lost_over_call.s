// A register that the convention does not keep holds no tag behind a call; one that it keeps does.
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
  ldr w2, no
  ldr w19, a
  adrp x8, __imp_KeQueryTimeIncrement
  ldr x8, [x8, :lo12:__imp_KeQueryTimeIncrement]
  blr x8
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  mov w2, w19
  mov w0, #1
  mov x1, #24
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
no:
  .long 0x6F4E634C
a:
  .long 0x6141634C

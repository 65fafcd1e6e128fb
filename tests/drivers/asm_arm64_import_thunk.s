// Calls go to a thunk of the import (adrp, ldr, br x16), and to a branch to that thunk.
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
  ldr w2, a
  mov x1, #16
  mov w0, #1
  bl thunk
  ldr w2, b
  mov x1, #24
  mov w0, #512
  bl hop
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x61416B54
b:
  .long 0x62426B54
  .p2align 4
hop:
  b thunk
  .p2align 4
thunk:
  adrp x16, __imp_ExAllocatePoolWithTag
  ldr x16, [x16, :lo12:__imp_ExAllocatePoolWithTag]
  br x16

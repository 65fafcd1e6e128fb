// The tenth argument is the tag: it travels on the stack, and the wrapper has a frame of its own.
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
  sub sp, sp, #16
  ldr w8, a
  str w8, [sp, #8]
  mov w9, #7
  str w9, [sp]
  bl many
  add sp, sp, #16
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x61546153
many:
  .seh_proc many
  stp x29, x30, [sp, #-16]!
  .seh_save_fplr_x 16
  mov x29, sp
  .seh_set_fp
  sub sp, sp, #64
  .seh_stackalloc 64
  .seh_endprologue
  str x0, [sp, #8]
  ldr w2, [x29, #24]
  mov w0, #0
  mov x1, #48
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  add sp, sp, #64
  ldp x29, x30, [sp], #16
  ret
  .seh_endproc

// Two tags go to the stack and come back as pairs, once with the base register among the destinations.
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
  sub sp, sp, #32
  ldr w8, a
  ldr w9, b
  stp w8, w9, [sp, #8]
  mov x0, sp
  ldp w19, w2, [sp, #8]
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  mov w2, w19
  mov w0, #512
  mov x1, #24
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  ldr w9, c
  stp x8, x9, [sp, #-16]!
  mov x9, sp
  ldp x10, x9, [x9]
  mov w2, w9
  add sp, sp, #16
  mov w0, #0
  mov x1, #8
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  add sp, sp, #32
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x61417250
b:
  .long 0x62427250
c:
  .long 0x63437250

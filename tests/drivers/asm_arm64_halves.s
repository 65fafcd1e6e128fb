// The tag in two halves, in every order, with other work between them: the four bytes stand nowhere in the file.
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
  mov w2, #0x7648
  mov x1, #16
  mov w0, #1
  movk w2, #0x6141, lsl #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  movz w2, #0x6242, lsl #16
  adrp x8, __imp_ExAllocatePoolWithTag
  mov x1, #24
  movk w2, #0x7648
  mov w0, #512
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  movn w9, #0
  mov w0, #0
  movk w9, #0x7648
  mov x1, #32
  movk w9, #0x6343, lsl #16
  mov w2, w9
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  mov x10, #0x7648
  movk x10, #0x6444, lsl #16
  movk x10, #0x1234, lsl #32
  mov w2, w10
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

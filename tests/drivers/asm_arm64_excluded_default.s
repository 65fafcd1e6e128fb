// The default of a switch is named by what stands before its table, and two comparisons leave no number for it.
  .text
  .globl DriverEntry
  .p2align 2
DriverEntry:
  .seh_proc DriverEntry
  stp x29, x30, [sp, #-32]!
  .seh_save_fplr_x 32
  mov x29, sp
  .seh_set_fp
  .seh_endprologue
  ldr w2, default
  cmp w0, #4
  b.hs 9f
  cmp w0, #3
  b.hi 8f
  cbz w0, 1f
  ldr w2, b
  b 8f
1:
  ldr w2, a
8:
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
9:
  mov w0, #0
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
default:
  .long 0x7864784E
a:
  .long 0x30647854
b:
  .long 0x31647854

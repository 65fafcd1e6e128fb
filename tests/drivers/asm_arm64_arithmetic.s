// Arithmetic whose result is the tag: multiply-add, extended and shifted operands, sign and zero extension, rotated and
// extracted fields, comparisons with negative numbers.
  .text
  .globl DriverEntry
  .p2align 2
DriverEntry:
  .seh_proc DriverEntry
  stp x29, x30, [sp, #-32]!
  .seh_save_fplr_x 32
  stp x19, x20, [sp, #16]
  .seh_save_regp x19, 16
  mov x29, sp
  .seh_set_fp
  .seh_endprologue
  adrp x19, __imp_ExAllocatePoolWithTag
  ldr x19, [x19, :lo12:__imp_ExAllocatePoolWithTag]
// 0x31416141 = 0x314161 * 256 + 0x41
  ldr w8, a
  mov w9, #256
  mov w10, #0x41
  madd w2, w8, w9, w10
  mov w0, #1
  mov x1, #16
  blr x19
// 0x32426141: a byte comes in by an extended operand
  ldr w8, b
  mov w9, #0xFF41
  add w2, w8, w9, uxtb
  mov w0, #1
  mov x1, #32
  blr x19
// 0x33436141: the upper half of a 64-bit word
  ldr x8, c
  lsr x2, x8, #32
  mov w0, #1
  mov x1, #48
  blr x19
// 0x34446141: extr rotates it into place
  ldr w8, d
  ror w2, w8, #8
  mov w0, #1
  mov x1, #64
  blr x19
// 0x35456141: ubfx cuts it out
  ldr x8, e
  ubfx x2, x8, #8, #32
  mov w0, #1
  mov x1, #80
  blr x19
// 0x36466141: umaddl of 32-bit halves
  ldr w8, f
  mov w9, #1
  umaddl x2, w8, w9, xzr
  mov w0, #1
  mov x1, #96
  blr x19
// 0x37476142: a shift by a register
  ldr w8, g
  mov w9, #1
  lsl w2, w8, w9
  mov w0, #1
  mov x1, #112
  blr x19
// 0x38486141: bic and orn with a shifted operand
  ldr w8, h
  mov w9, #0xFF
  bic w8, w8, w9, lsl #8
  mov w9, #0x61
  orr w2, w8, w9, lsl #8
  mov w0, #1
  mov x1, #128
  blr x19
// 0x39496141: sbfiz and a subtraction
  mov w9, #0x39
  sbfiz w8, w9, #24, #7
  ldr w9, i
  sub w2, w8, w9
  mov w0, #1
  mov x1, #144
  blr x19
  mov w0, #0
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x00314161
b:
  .long 0x32426100
  .p2align 3
c:
  .quad 0x3343614100000001
d:
  .long 0x44614134
  .p2align 3
e:
  .quad 0xFF00003545614107
f:
  .long 0x36466141
g:
  .long 0x1BA3B0A1
h:
  .long 0x3848FF41
i:
  .long 0xFFB69EBF

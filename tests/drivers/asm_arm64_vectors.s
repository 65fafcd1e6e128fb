// Tags that travel through vector registers: a constant structure, zeros around a tag, a pair of registers, a lane that
// is replaced, and the low half that a callee keeps (v8) or does not (v4).
  .text
  .globl DriverEntry
  .p2align 2
DriverEntry:
  .seh_proc DriverEntry
  stp x29, x30, [sp, #-16]!
  .seh_save_fplr_x 16
  mov x29, sp
  .seh_set_fp
  sub sp, sp, #64
  .seh_stackalloc 64
  .seh_endprologue

  adrp x8, whole
  ldr q0, [x8, :lo12:whole]
  str q0, [sp, #16]
  ldr w2, [sp, #28]
  mov w0, #1
  mov x1, #16
  bl allocate

  movi v1.2d, #0
  stp q1, q1, [sp, #16]
  adrp x8, zeros_around
  ldr w9, [x8, :lo12:zeros_around]
  str w9, [sp, #40]
  ldr w1, [sp, #36]
  add w1, w1, #24
  ldr w2, [sp, #40]
  mov w0, #1
  bl allocate

  adrp x8, halves
  ldr q3, [x8, :lo12:halves]
  str q3, [sp, #16]
  adrp x9, opaque
  ldr x9, [x9, :lo12:opaque]
  str x9, [sp, #24]
  ldr w2, [sp, #20]
  mov w0, #1
  mov x1, #32
  bl allocate
  ldr w2, [sp, #24]
  mov w0, #1
  mov x1, #40
  bl allocate

  adrp x8, kept
  ldr s8, [x8, :lo12:kept]
  ldr s4, [x8, :lo12:kept + 4]
  adrp x8, __imp_KeQueryTimeIncrement
  ldr x8, [x8, :lo12:__imp_KeQueryTimeIncrement]
  blr x8
  str s4, [sp, #16]
  str s8, [sp, #20]
  ldr w2, [sp, #20]
  mov w0, #1
  mov x1, #48
  bl allocate
  ldr w2, [sp, #16]
  mov w0, #1
  mov x1, #56
  bl allocate

  mov w0, #0
  add sp, sp, #64
  ldp x29, x30, [sp], #16
  ret
  .seh_endproc
allocate:
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  br x8
  .section .rdata, "dr"
  .p2align 4
whole:
  .long 1, 2, 3, 0x73436D56
halves:
  .long 1, 0x6F4C6D56, 0x69486D56, 4
zeros_around:
  .long 0x725A6D56
kept:
  .long 0x704B6D56, 0x6C436D56
  .data
  .p2align 3
opaque:
  .quad 0

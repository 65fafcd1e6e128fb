// A function in three pieces: one that goes on right behind the first (a large function that was cut), and a cold one
// far away that is entered with the frame in place. The tag is loaded in the first and used in all.
  .text
  .globl DriverEntry
  .p2align 2
DriverEntry:
  stp x29, x30, [sp, #-32]!
  mov x29, sp
  str x19, [sp, #16]
  ldr w19, a
  ldr w8, [x0]
  cbnz w8, cold
  mov w2, w19
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
first_end:
  ldr w2, b
  mov w0, #512
  mov x1, #24
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
back:
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
a:
  .long 0x61416746
b:
  .long 0x62426746
c:
  .long 0x63436746
second_end:
between:
  mov w0, #1
  ret
cold:
  mov w2, w19
  mov w0, #1
  mov x1, #8
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  ldr w2, c
  mov w0, #0
  mov x1, #40
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  b back
cold_end:
  .section .pdata,"dr"
  .p2align 2
  .rva DriverEntry
  .long 1 | ((first_end - DriverEntry) / 4) << 2 | 1 << 16 | 3 << 21 | 2 << 23
  .rva first_end
  .long 2 | ((second_end - first_end) / 4) << 2 | 1 << 16 | 3 << 21 | 2 << 23
  .rva cold
  .long 2 | ((cold_end - cold) / 4) << 2 | 1 << 16 | 3 << 21 | 2 << 23

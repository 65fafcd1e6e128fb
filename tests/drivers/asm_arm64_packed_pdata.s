// .pdata records without .xdata, a leaf function between two of them that has none, and one function right behind
// another: where each ends is in the records only.
  .text
  .globl DriverEntry
  .p2align 2
DriverEntry:
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  ldr w1, a
  bl leaf
  ldr w0, b
  bl second
  mov w0, #0
  ldp x29, x30, [sp], #16
  ret
a:
  .long 0x61416B50
b:
  .long 0x62426B50
entry_end:
leaf:
  mov w2, w1
  mov x1, #16
  mov w0, #1
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  br x8
  brk #0xF000
second:
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  mov w2, w0
  mov w0, #512
  mov x1, #24
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  ldp x29, x30, [sp], #16
  ret
second_end:
  .section .pdata,"dr"
  .p2align 2
  .rva DriverEntry
  .long 1 | ((entry_end - DriverEntry) / 4) << 2 | 3 << 21 | 1 << 23
  .rva second
  .long 1 | ((second_end - second) / 4) << 2 | 3 << 21 | 1 << 23

// The tag in a literal pool behind the function, as MSVC mostly has it: at an address that no instruction holds.
// The second one has bit 31 set, the third is loaded with its sign extended.
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
  ldr w2, first
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  ldr w2, second
  mov w0, #512
  mov x1, #24
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  ldrsw x2, third
  mov w0, #0
  mov x1, #8
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
  .p2align 2
first:
  .long 0x6141704C
second:
  .long 0x6242704C + 0x80000000
third:
  .long 0x6343704C

// A frame of many pages: the probe keeps x15 and the arguments, and the frame goes down by a register.
  .text
  .globl DriverEntry
  .p2align 2
DriverEntry:
  .seh_proc DriverEntry
  stp x29, x30, [sp, #-16]!
  .seh_save_fplr_x 16
  mov x29, sp
  .seh_set_fp
  .seh_endprologue
  ldr w0, a
  bl large
  mov w0, #0
  ldp x29, x30, [sp], #16
  ret
a:
  .long 0x61417053
  .seh_endproc
large:
  .seh_proc large
  stp x29, x30, [sp, #-16]!
  .seh_save_fplr_x 16
  mov x29, sp
  .seh_set_fp
  mov x15, #0x500
  .seh_nop
  bl probe
  .seh_nop
  sub sp, sp, x15, lsl #4
  .seh_stackalloc 0x5000
  .seh_endprologue
  str w0, [sp, #64]
  ldr w2, [sp, #64]
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  add sp, sp, #5, lsl #12
  ldp x29, x30, [sp], #16
  ret
  .seh_endproc
  .p2align 4
probe:
  sub x17, sp, x15, lsl #4
1:
  ldr xzr, [x17]
  ret

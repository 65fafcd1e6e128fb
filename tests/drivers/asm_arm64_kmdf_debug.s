// The index of the framework's function is multiplied at run time: by mul, by madd and by a shift.
  .text
  .globl DriverEntry
  .p2align 2
DriverEntry:
  .seh_proc DriverEntry
  stp x29, x30, [sp, #-96]!
  .seh_save_fplr_x 96
  stp x19, x20, [sp, #16]
  .seh_save_regp x19, 16
  mov x29, sp
  .seh_set_fp
  .seh_endprologue
  adrp x2, bind_info
  add x2, x2, :lo12:bind_info
  adrp x3, globals
  add x3, x3, :lo12:globals
  adrp x8, __imp_WdfVersionBind
  ldr x8, [x8, :lo12:__imp_WdfVersionBind]
  blr x8
  mov x8, #8
  mov x9, #192
  mul x9, x8, x9
  adrp x8, functions
  ldr x8, [x8, :lo12:functions]
  ldr x9, [x8, x9]
  adrp x0, globals
  ldr x0, [x0, :lo12:globals]
  mov x1, #0
  mov w2, #1
  ldr w3, mul_tag
  mov x4, #96
  add x5, sp, #64
  add x6, sp, #72
  blr x9
  mov w10, #192
  mov w11, #8
  adrp x8, functions
  ldr x8, [x8, :lo12:functions]
  madd x9, x10, x11, x8
  ldr x9, [x9]
  adrp x0, globals
  ldr x0, [x0, :lo12:globals]
  mov x1, #0
  mov w2, #1
  ldr w3, madd_tag
  mov x4, #96
  add x5, sp, #64
  add x6, sp, #72
  blr x9
  mov x9, #192
  adrp x8, functions
  ldr x8, [x8, :lo12:functions]
  ldr x9, [x8, x9, lsl #3]
  adrp x0, globals
  ldr x0, [x0, :lo12:globals]
  mov x1, #0
  mov w2, #1
  ldr w3, shift_tag
  mov x4, #96
  add x5, sp, #64
  add x6, sp, #72
  blr x9
  mov w0, #0
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #96
  ret
  .seh_endproc
mul_tag:
  .word 0x4C4D644B
madd_tag:
  .word 0x444D644B
shift_tag:
  .word 0x4853644B

  .section .rdata,"dr"
component:
  .hword 'K','m','d','f','L','i','b','r','a','r','y',0
  .data
  .p2align 3
globals:
  .xword 0
functions:
  .xword 0
bind_info:
  .word 0x58, 0
  .xword component
  .word 1, 33, 0, 458
  .xword functions
  .zero 0x30

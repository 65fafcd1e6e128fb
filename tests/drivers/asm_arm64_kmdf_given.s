// The computed address goes to a callee, which may write there.
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
  adrp x19, functions
  add x19, x19, :lo12:functions
  mov x0, x19
  bl tamper
  ldr x8, [x19]
  ldr x9, [x8, #1536]
  adrp x0, globals
  ldr x0, [x0, :lo12:globals]
  mov x1, #0
  mov w2, #1
  ldr w3, one
  mov x4, #96
  add x5, sp, #64
  add x6, sp, #72
  blr x9
  mov w0, #0
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #96
  ret
  .seh_endproc
one:
  .word 0x6E4F684B
  .p2align 4
tamper:
  str xzr, [x0]
  ret

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
kept:
  .xword 0
own_table:
  .zero 64

// Helpers that move the stack pointer of their caller and keep every register: a local is written through the frame
// pointer and read through the stack pointer.
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
  bl get
  mov w0, #0
  ldp x29, x30, [sp], #16
  ret
a:
  .long 0x61416B43
  .seh_endproc
get:
  .seh_proc get
  stp x29, x30, [sp, #-16]!
  .seh_save_fplr_x 16
  mov x29, sp
  .seh_set_fp
  bl push_cookie
  .seh_nop
  sub sp, sp, #32
  .seh_stackalloc 32
  .seh_endprologue
  stur w0, [x29, #-40]
  ldr w2, [sp, #8]
  mov w0, #1
  mov x1, #16
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  blr x8
  add sp, sp, #32
  bl pop_cookie
  ldp x29, x30, [sp], #16
  ret
  .seh_endproc
  .p2align 4
push_cookie:
  sub sp, sp, #16
  adrp x17, cookie
  ldr x17, [x17, :lo12:cookie]
  sub x17, sp, x17
  str x17, [sp, #8]
  ret
pop_cookie:
  adrp x17, cookie
  ldr x16, [sp, #8]
  ldr x17, [x17, :lo12:cookie]
  sub x16, sp, x16
  cmp x16, x17
  b.ne 1f
  add sp, sp, #16
  ret
1:
  brk #0xF003
  .data
  .p2align 3
cookie:
  .quad 0x2B992DDFA232

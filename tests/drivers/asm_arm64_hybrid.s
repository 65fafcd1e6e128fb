// An ARM64X image: the map of its code says that the second function is for x64. Its bytes would be calls of the wrapper.
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
  ldr w0, a
  bl get
  mov w0, #0
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
a:
  .long 0x61417948
  .p2align 4
get:
  mov w2, w0
  mov x1, #16
  mov w0, #1
  adrp x8, __imp_ExAllocatePoolWithTag
  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]
  br x8
  .p2align 4
foreign:
  mov w0, #0x7948
  movk w0, #0x6F4E, lsl #16
  bl get
  ret
foreign_end:
  .section .rdata,"dr"
  .p2align 2
metadata:
  .long 1
  .rva map
  .long 2
  .zero 64
map:
  .rva DriverEntry
  .long foreign - DriverEntry
  .rva foreign + 2
  .long foreign_end - foreign
  .globl _load_config_used
  .p2align 3
_load_config_used:
  .long 0x138
  .zero 0xC4
  .quad metadata
  .zero 0x68

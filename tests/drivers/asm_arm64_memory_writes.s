// What writes memory and registers without being a plain store: exclusive and atomic accesses, pairs of them, blocks
// that are zeroed, structures of vectors that move their base, calls of firmware.
  .arch armv8.5-a+memtag+lse
  .macro allocate bytes
  mov w0, #1
  mov x1, #\bytes
  blr x19
  .endm
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
  sub sp, sp, #512
  .seh_endprologue
  adrp x19, __imp_ExAllocatePoolWithTag
  ldr x19, [x19, :lo12:__imp_ExAllocatePoolWithTag]
// The block that is zeroed begins below the address, and ends somewhere above it.
  add x20, sp, #128
  ldr w9, zero_low
  str w9, [sp, #120]
  ldr w9, zero_high
  str w9, [sp, #188]
  ldr w9, zero_behind
  str w9, [sp, #192]
  dc zva, x20
  ldr w2, [sp, #120]
  allocate 16
  ldr w2, [sp, #188]
  allocate 16
  ldr w2, [sp, #192]
  allocate 24
// stxr may fail.
  ldr w9, exclusive_old
  str w9, [sp, #16]
  ldr w9, exclusive_new
  add x20, sp, #16
  ldxr w10, [x20]
  stxr w10, w9, [x20]
  ldr w2, [sp, #16]
  allocate 32
// Until it does not.
  ldr w9, repeated_old
  str w9, [sp, #16]
  ldr w9, repeated_new
1:ldxr w10, [x20]
  stxr w11, w9, [x20]
  cbnz w11, 1b
  ldr w2, [sp, #16]
  allocate 152
// The register that says whether it worked held a tag.
  ldr w2, exclusive_status
  stxr w2, w9, [x20]
  allocate 40
// cas and casp: perhaps stored; the registers compared with are overwritten.
  ldr w9, cas_old
  str w9, [sp, #16]
  ldr w9, cas_new
  ldr w2, cas_compared
  cas w2, w9, [x20]
  allocate 48
  ldr w2, [sp, #16]
  allocate 56
  ldr w9, casp_old
  stp x9, x9, [sp, #32]
  add x20, sp, #32
  ldr w10, casp_low
  ldr w11, casp_high
  ldr w2, casp_compared
  mov w3, w2
  casp x2, x3, x10, x11, [x20]
  mov w2, w3
  allocate 64
  ldr w2, [sp, #40]
  allocate 72
// swp: stored for certain, the old content comes out.
  ldr w9, swp_old
  str w9, [sp, #64]
  add x20, sp, #64
  ldr w9, swp_new
  swpal w9, w2, [x20]
  allocate 80
  ldr w2, [sp, #64]
  allocate 88
// Other atomic operations compute.
  ldr w9, add_old
  str w9, [sp, #64]
  ldaddal w10, w2, [x20]
  ldr w2, [sp, #64]
  allocate 96
// A structure of vectors moves its base, and overwrites no more than itself.
  ldr w9, vector_old
  str w9, [sp, #72]
  ldr w9, vector_behind
  str w9, [sp, #80]
  st1 {v0.16b}, [x20], #16
  ldr w2, [sp, #72]
  allocate 104
  ldr w2, [x20]
  allocate 112
// Later editions: an ordered store with an offset, memory that is zeroed with its tag.
  ldr w9, ordered_old
  str w9, [sp, #84]
  ldr w9, ordered_new
  add x20, sp, #80
  stlur w9, [x20, #4]
  ldr w2, [sp, #84]
  allocate 120
  ldr w9, tagged
  str w9, [sp, #104]
  add x20, sp, #96
  stzg x20, [x20], #16
  ldr w2, [sp, #104]
  allocate 128
  ldr w9, behind_tagged
  str w9, [x20]
  stg x20, [x20], #16
  ldr w2, [sp, #112]
  allocate 136
// Firmware keeps no argument.
  ldr w2, firmware
  smc #0
  allocate 144
  mov w0, #0
  add sp, sp, #512
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #32
  ret
  .seh_endproc
zero_low:
  .ascii "MwZl"
zero_high:
  .ascii "MwZh"
zero_behind:
  .ascii "MwZb"
exclusive_old:
  .ascii "MwXo"
repeated_old:
  .ascii "MwRo"
repeated_new:
  .ascii "MwRn"
exclusive_new:
  .ascii "MwXn"
exclusive_status:
  .ascii "MwXs"
cas_old:
  .ascii "MwCo"
cas_new:
  .ascii "MwCn"
cas_compared:
  .ascii "MwCc"
casp_old:
  .ascii "MwPo"
casp_low:
  .ascii "MwPl"
casp_high:
  .ascii "MwPh"
casp_compared:
  .ascii "MwPc"
swp_old:
  .ascii "MwSo"
swp_new:
  .ascii "MwSn"
add_old:
  .ascii "MwAo"
vector_old:
  .ascii "MwVo"
vector_behind:
  .ascii "MwVb"
ordered_old:
  .ascii "MwOo"
ordered_new:
  .ascii "MwOn"
tagged:
  .ascii "MwTo"
behind_tagged:
  .ascii "MwTb"
firmware:
  .ascii "MwFw"

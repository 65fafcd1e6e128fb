// The selector, then code at RVA 0x3000 of the shell: slots of the import table stand at RVA 0x1200.
  .byte 2
  .inst 0xF81F0FFE  // str x30, [sp, #-16]!
  .inst 0xD0FFFFE8  // adrp x8, two pages back
  .inst 0xF9410108  // ldr x8, [x8, #0x200]
  .inst 0x528CA982  // movz w2, #0x654C
  .inst 0x72AD6C22  // movk w2, #0x6B61, lsl #16
  .inst 0x52800801  // mov w1, #64
  .inst 0x2A1F03E0  // mov w0, wzr
  .inst 0xD63F0100  // blr x8
  .inst 0xF84107FE  // ldr x30, [sp], #16
  .inst 0xD65F03C0  // ret

// case function_table missed gcc-x64-O1 passes
// part Aa function_table decoys
#include "program.h"
KEEP void entry0_0(ULONG tag) { keep(ExAllocatePoolWithTag(NonPagedPool, 16, tag)); }
KEEP void entry1_0(ULONG tag) { keep(ExAllocatePoolWithTag(NonPagedPool, 17, tag)); }
static void (*const table0[])(ULONG) = {entry0_0, entry1_0};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  table0[a & 1](TAG('A','a','r','w'));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

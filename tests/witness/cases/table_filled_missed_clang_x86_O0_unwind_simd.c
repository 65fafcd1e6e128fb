// case table_filled missed clang-x86-O0-unwind-simd passes
// part Aa table_filled decoys
#include "program.h"
static volatile ULONG filled0[2];
KEEP void fill0(void) { filled0[0] = TAG('A','a','r','w'); filled0[1] = TAG('A','a','v','b'); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  fill0();
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, filled0[a & 1]));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

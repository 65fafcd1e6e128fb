// case table_in_loop missed gcc-x86-O1-simd passes
// part Aa table_in_loop decoys
#include "program.h"
typedef struct { ULONG tag; } R0;
static const R0 rows0[4] = {{TAG('A','a','r','w')}, {TAG('A','a','v','b')}, {TAG('A','a','1','l')}, {TAG('A','a','k','d')}};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  for (ULONG i = 0; i < 4; ++i) {
    keep(ExAllocatePoolWithTag(NonPagedPool, 16 + i, rows0[i].tag));
    if (b == 77) break;
  }
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

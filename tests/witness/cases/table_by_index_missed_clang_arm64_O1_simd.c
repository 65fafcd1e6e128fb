// case table_by_index missed clang-arm64-O1-simd passes
// part Aa table_by_index decoys
#include "program.h"
typedef struct { ULONG tag; ULONG f1; } R0;
static const R0 rows0[2] = {{TAG('A','a','r','w'), 1}, {TAG('A','a','v','b'), 2}};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, rows0[a % 2].tag));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

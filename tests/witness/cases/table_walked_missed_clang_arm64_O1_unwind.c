// case table_walked missed clang-arm64-O1-unwind passes
// part Aa table_walked decoys
#include "program.h"
typedef struct { ULONG tag; } R0;
static const R0 rows0[2] = {{TAG('A','a','r','w')}, {TAG('A','a','v','b')}};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  const R0* row = rows0 + 2;
  do {
    --row;
    keep(ExAllocatePoolWithTag(NonPagedPool, 48, row->tag));
  } while (row != rows0);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

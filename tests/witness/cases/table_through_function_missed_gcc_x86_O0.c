// case table_through_function missed gcc-x86-O0 passes
// part Aa table_through_function decoys
#include "program.h"
typedef struct { ULONG tag; } R0;
static const R0 rows0[2] = {{TAG('A','a','r','w')}, {TAG('A','a','v','b')}};
KEEP ULONG tag_of0(ULONG i) { return i < 2 ? rows0[i].tag : TAG('A','a','1','l'); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag_of0(a)));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

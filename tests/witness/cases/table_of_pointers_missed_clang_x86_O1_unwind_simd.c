// case table_of_pointers missed clang-x86-O1-unwind-simd passes
// part Aa table_of_pointers decoys
#include "program.h"
typedef struct { ULONG size, tag; } T0;
static const T0 row0_0 = {0, TAG('A','a','r','w')};
static const T0 row1_0 = {16, TAG('A','a','v','b')};
static const T0* const rows0[] = {&row0_0, &row1_0};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, rows0[a & 1]->tag));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

// case table_walked accused clang-arm64-O0-unwind-simd passes
// part Aa table_walked decoys Aazb
// part Ab table_walked decoys
#include "program.h"
typedef struct { ULONG tag; ULONG f1; } R0;
static const R0 rows0[3] = {{TAG('A','a','r','w'), TAG('A','a','z','b')}, {TAG('A','a','1','l'), 2}, {TAG('A','a','k','d'), 3}};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  const R0* row = rows0 + 3;
  do {
    --row;
    keep(ExAllocatePoolWithTag(NonPagedPool, 48, row->tag));
  } while (row != rows0);
}
typedef struct { ULONG tag; } R1;
static const R1 rows1[2] = {{TAG('A','b','o','0')}, {TAG('A','b','v','4')}};
ROUTINE part1(ULONG a, ULONG b) { (void)a; (void)b;
  const R1* row = rows1 + 2;
  do {
    --row;
    keep(ExAllocatePoolWithTag(NonPagedPool, 48, row->tag));
  } while (row != rows1);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

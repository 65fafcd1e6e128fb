// case struct_by_value accused clang-arm64-O0-unwind-simd passes
// part Aa struct_by_value decoys Aazb
// part Ab table_walked decoys
#include "program.h"
typedef struct { ULONG tag; ULONG f1; ULONG f2; ULONG f3; ULONG f4; ULONG f5; ULONG f6; ULONG f7; ULONG f8; ULONG f9; } S0;
KEEP void use0(ULONG y, S0 s) { opaque = s.tag == 5; keep(ExAllocatePoolWithTag(NonPagedPool, 48, s.tag)); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  S0 made = {TAG('A','a','r','w'), 1, 2, 3, 4, 5, 6, 7, 8, TAG('A','a','z','b')};
  use0(a, made);
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

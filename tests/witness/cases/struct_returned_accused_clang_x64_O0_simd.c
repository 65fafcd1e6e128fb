// case struct_returned accused clang-x64-O0-simd passes
// part Aa table_in_loop decoys
// part Ab struct_returned decoys Abz0
#include "program.h"
typedef struct { ULONG tag; } R0;
static const R0 rows0[2] = {{TAG('A','a','r','w')}, {TAG('A','a','v','b')}};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  for (ULONG i = 0; i < 2; ++i) {
    keep(ExAllocatePoolWithTag(NonPagedPool, 16 + i, rows0[i].tag));
    if (b == 77) break;
  }
}
typedef struct { ULONG f0; ULONG tag; } S1;
KEEP S1 make1(ULONG x) { S1 made = {TAG('A','b','z','0'), TAG('A','b','v','4')}; opaque = x; return made; }
ROUTINE part1(ULONG a, ULONG b) { (void)a; (void)b;
  S1 got = make1(a);
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, got.tag));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

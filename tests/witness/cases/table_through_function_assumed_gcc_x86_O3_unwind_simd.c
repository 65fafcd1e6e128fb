// case table_through_function assumed gcc-x86-O3-unwind-simd passes
// part Aa table_in_loop decoys
// part Ab table_through_function decoys Abz0
#include "program.h"
typedef struct { ULONG tag; } R0;
static const R0 rows0[8] = {{TAG('A','a','r','w')}, {TAG('A','a','v','b')}, {TAG('A','a','1','l')}, {TAG('A','a','k','d')}, {TAG('A','a','j','j')}, {TAG('A','a','2','r')}, {TAG('A','a','h','2')}, {TAG('A','a','1','8')}};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  for (ULONG i = 0; i < 8; ++i) {
    keep(ExAllocatePoolWithTag(NonPagedPool, 16 + i, rows0[i].tag));
    if (b == 77) break;
  }
}
typedef struct { ULONG f0; ULONG tag; ULONG f2; ULONG f3; ULONG f4; } R1;
static const R1 rows1[2] = {{TAG('A','b','z','0'), TAG('A','b','v','4'), 2, 3, 4}, {1, TAG('A','b','7','f'), 3, 4, 5}};
KEEP ULONG tag_of1(ULONG i) { return i < 2 ? rows1[i].tag : TAG('A','b','u','x'); }
ROUTINE part1(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag_of1(a)));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

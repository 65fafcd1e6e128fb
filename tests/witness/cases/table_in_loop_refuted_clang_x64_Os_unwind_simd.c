// case table_in_loop refuted clang-x64-Os-unwind-simd passes
// part Aa table_on_stack decoys
// part Ab table_through_function decoys
// part Ac table_in_loop decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  ULONG tags[2] = {TAG('A','a','r','w'), TAG('A','a','v','b')};
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tags[a & 1]));
}
typedef struct { ULONG tag; ULONG f1; ULONG f2; } R1;
static const R1 rows1[3] = {{TAG('A','b','o','0'), 1, 2}, {TAG('A','b','v','4'), 2, 3}, {TAG('A','b','7','f'), 3, 4}};
KEEP ULONG tag_of1(ULONG i) { return i < 3 ? rows1[i].tag : TAG('A','b','u','x'); }
ROUTINE part1(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag_of1(a)));
}
typedef struct { ULONG tag; } R2;
static const R2 rows2[5] = {{TAG('A','c','4','c')}, {TAG('A','c','n','1')}, {TAG('A','c','0','q')}, {TAG('A','c','e','x')}, {TAG('A','c','2','s')}};
ROUTINE part2(ULONG a, ULONG b) { (void)a; (void)b;
  for (ULONG i = 1; i < 5; ++i) {
    keep(ExAllocatePoolWithTag(NonPagedPool, 16 + i, rows2[i].tag));
    if (b == 77) break;
  }
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

// case table_two_dimensions refuted clang-x86-O0-unwind-simd passes
// part Aa table_two_dimensions decoys
// part Ab table_through_function decoys
#include "program.h"
static const ULONG grid0[3][3] = {{TAG('A','a','r','w'), TAG('A','a','v','b'), TAG('A','a','1','l')}, {TAG('A','a','k','d'), TAG('A','a','j','j'), TAG('A','a','2','r')}, {TAG('A','a','h','2'), TAG('A','a','1','8'), TAG('A','a','o','f')}};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, grid0[a % 3][b % 3]));
}
typedef struct { ULONG f0; ULONG f1; ULONG tag; } R1;
static const R1 rows1[2] = {{0, 1, TAG('A','b','o','0')}, {1, 2, TAG('A','b','v','4')}};
KEEP ULONG tag_of1(ULONG i) { return i < 2 ? rows1[i].tag : TAG('A','b','7','f'); }
ROUTINE part1(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag_of1(a)));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

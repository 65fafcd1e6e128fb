// case table_by_index assumed gcc-x86-O0-unwind passes
// part Aa table_through_function decoys
// part Ab table_by_index decoys Abz4 Abzf Abzz Abzh
#include "program.h"
typedef struct { ULONG tag; ULONG f1; ULONG f2; ULONG f3; } R0;
static const R0 rows0[2] = {{TAG('A','a','r','w'), 1, 2, 3}, {TAG('A','a','v','b'), 2, 3, 4}};
KEEP ULONG tag_of0(ULONG i) { return i < 2 ? rows0[i].tag : TAG('A','a','1','l'); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag_of0(a)));
}
typedef struct { ULONG tag; ULONG f1; ULONG f2; } R1;
static const R1 rows1[2] = {{TAG('A','b','o','0'), TAG('A','b','z','4'), TAG('A','b','z','f')}, {TAG('A','b','u','x'), TAG('A','b','z','z'), TAG('A','b','z','h')}};
ROUTINE part1(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, rows1[a % 2].tag));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

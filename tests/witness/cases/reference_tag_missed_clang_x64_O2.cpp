// case reference_tag missed clang-x64-O2 passes
// part Aa function_table decoys
// part Ab switch_dense decoys
// part Ac list_walked decoys
// part Ad lambda_tag decoys
// part Ae table_to_zero decoys
// part Af reference_tag decoys
#include "program.h"
KEEP void entry0_0(ULONG tag) { keep(ExAllocatePoolWithTag(NonPagedPool, 16, tag)); }
KEEP void entry1_0(ULONG tag) { keep(ExAllocatePoolWithTag(NonPagedPool, 17, tag)); }
static void (*const table0[])(ULONG) = {entry0_0, entry1_0};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  table0[a & 1](TAG('A','a','r','w'));
}
ROUTINE part1(ULONG a, ULONG b) { (void)a; (void)b;
  ULONG tag;
  switch (a) {
    case 0: tag = TAG('A','b','o','0'); break;
    case 1: tag = TAG('A','b','v','4'); break;
    case 2: tag = TAG('A','b','7','f'); break;
    default: tag = TAG('A','b','u','x'); break;
  }
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag));
}
typedef struct N2 { const struct N2* next; ULONG tag; } N2;
static const N2 node0_2 = {0, TAG('A','c','4','c')};
static const N2 node1_2 = {&node0_2, TAG('A','c','n','1')};
static const N2* volatile head2 = &node1_2;
ROUTINE part2(ULONG a, ULONG b) { (void)a; (void)b;
  for (const N2* at = head2; at; at = at->next) keep(ExAllocatePoolWithTag(NonPagedPool, 48, at->tag));
}
ROUTINE part3(ULONG a, ULONG b) { (void)a; (void)b;
  const ULONG tag = TAG('A','d','s','z');
  auto get = [&](ULONG size) { keep(ExAllocatePoolWithTag(NonPagedPool, size, tag)); };
  get(8);
  if (a == 2) get(16);
}
static const ULONG list4[] = {TAG('A','e','0','7'), TAG('A','e','1','v'), 0};
ROUTINE part4(ULONG a, ULONG b) { (void)a; (void)b;
  for (ULONG i = 0; list4[i]; ++i) keep(ExAllocatePoolWithTag(NonPagedPool, 48, list4[i]));
}
KEEP void use5(const ULONG& tag) { keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag)); }
ROUTINE part5(ULONG a, ULONG b) { (void)a; (void)b;
  ULONG mine = TAG('A','f','a','f');
  if (a & 1) mine = TAG('A','f','a','g');
  use5(mine);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

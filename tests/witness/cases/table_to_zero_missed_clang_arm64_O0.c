// case table_to_zero missed clang-arm64-O0 passes
// part Aa table_to_zero decoys
#include "program.h"
static const ULONG list0[] = {TAG('A','a','r','w'), TAG('A','a','v','b'), TAG('A','a','1','l'), 0};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  for (ULONG i = 0; list0[i]; ++i) keep(ExAllocatePoolWithTag(NonPagedPool, 48, list0[i]));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

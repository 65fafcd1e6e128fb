// case table_two_dimensions missed clang-x86-O2 passes
// part Aa table_two_dimensions decoys
#include "program.h"
static const ULONG grid0[3][2] = {{TAG('A','a','r','w'), TAG('A','a','v','b')}, {TAG('A','a','1','l'), TAG('A','a','k','d')}, {TAG('A','a','j','j'), TAG('A','a','2','r')}};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, grid0[a % 3][b % 2]));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

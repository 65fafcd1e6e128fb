// case switch_sparse missed gcc-x64-O2-simd passes
// part Aa switch_sparse decoys
#include "program.h"
KEEP ULONG choose0(ULONG a) {
  switch (a) {
    case 0: return TAG('A','a','r','w');
    case 2: return TAG('A','a','v','b');
    case 7: return TAG('A','a','1','l');
    case 100: return TAG('A','a','k','d');
    default: return TAG('A','a','j','j');
  }
}
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, choose0(a)));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

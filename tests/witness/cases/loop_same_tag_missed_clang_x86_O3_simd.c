// case loop_same_tag missed clang-x86-O3-simd passes
// part Aa loop_same_tag decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  for (ULONG i = 0; i < 4 && i < 9; ++i) keep(ExAllocatePool2(POOL_FLAG_PAGED, 16 + i, TAG('A','a','r','w')));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

// case same_call_twice missed clang-x86-O2-simd passes
// part Aa same_call_twice decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  if (a & 1) { opaque = a; keep(ExAllocatePoolWithTag(NonPagedPool, 48, TAG('A','a','r','w'))); } else { opaque = b; keep(ExAllocatePool2(POOL_FLAG_PAGED, 48, TAG('A','a','v','b'))); }
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

// case lambda_tag missed clang-x86-O2-unwind-simd passes
// part Aa lambda_tag decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  const ULONG tag = TAG('A','a','r','w');
  auto get = [&](ULONG size) { keep(ExAllocatePool2(POOL_FLAG_PAGED, size, tag)); };
  get(8);
  if (a == 2) get(16);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

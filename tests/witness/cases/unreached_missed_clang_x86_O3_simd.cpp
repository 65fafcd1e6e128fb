// case unreached missed clang-x86-O3-simd passes
// part Aa template_tag decoys
#include "program.h"
template <ULONG Tag> KEEP void get0(ULONG size) { keep(ExAllocatePoolWithTag(NonPagedPool, size, Tag)); }
KEEP void part0(ULONG a, ULONG b) { (void)a; (void)b;
  get0<TAG('A','a','r','w')>(a + 0);
}
ENTRY {
  (void)driver; (void)registry_path;
  part0(0, 1);
  part0(1, 0);
  part0(3, 2);
  return kept != 0;
}

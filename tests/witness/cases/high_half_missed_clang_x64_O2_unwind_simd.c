// case high_half missed clang-x64-O2-unwind-simd passes
// part Aa high_half decoys
#include "program.h"
KEEP void use0(ULONG64 both) { keep(ExAllocatePoolWithQuotaTag(PagedPool, (ULONG)both & 0xFF, (ULONG)(both >> 32))); }
KEEP void part0(ULONG a, ULONG b) { (void)a; (void)b;
  use0((ULONG64)TAG('A','a','r','w') << 32 | a);
}
ENTRY {
  (void)driver; (void)registry_path;
  part0(0, 1);
  part0(3, 2);
  return kept != 0;
}

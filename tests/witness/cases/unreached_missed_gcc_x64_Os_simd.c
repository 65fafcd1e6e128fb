// case unreached missed gcc-x64-Os-simd passes
// part Aa high_half decoys
// part Ab high_half decoys
#include "program.h"
KEEP void use0(ULONG64 both) { keep(ExAllocatePoolWithQuotaTag(PagedPool, (ULONG)both & 0xFF, (ULONG)(both >> 32))); }
KEEP void part0(ULONG a, ULONG b) { (void)a; (void)b;
  use0((ULONG64)TAG('A','a','r','w') << 32 | a);
}
KEEP void use1(ULONG64 both) { keep(ExAllocatePoolWithTag(PagedPool, (ULONG)both & 0xFF, (ULONG)(both >> 32))); }
ROUTINE part1(ULONG a, ULONG b) { (void)a; (void)b;
  use1((ULONG64)TAG('A','b','o','0') << 32 | a);
}
ENTRY {
  (void)driver; (void)registry_path;
  part0(0, 1);
  part0(3, 2);
  return kept != 0;
}

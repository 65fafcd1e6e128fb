// case high_half missed clang-arm64-Os passes
// part Aa high_half decoys
#include "program.h"
KEEP void use0(ULONG64 both) { keep(ExAllocatePoolWithTag(NonPagedPool, (ULONG)both & 0xFF, (ULONG)(both >> 32))); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  use0((ULONG64)TAG('A','a','r','w') << 32 | 64);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

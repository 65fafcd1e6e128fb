// case loop_bounded missed clang-x86-Os-unwind-simd passes
// part Aa loop_bounded decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  for (ULONG i = 0; i < 6; i += 2) {
    keep(ExAllocatePoolWithTag(NonPagedPool, 48, TAG('A','a','r','0') + ((i & 7) << 24)));
  }
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

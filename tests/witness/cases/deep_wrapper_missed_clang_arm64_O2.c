// case deep_wrapper missed clang-arm64-O2 passes
// part Aa deep_wrapper decoys
#include "program.h"
KEEP void wrap0_0(ULONG tag, ULONG size) { keep(ExAllocatePoolWithTag(NonPagedPool, size, tag)); }
KEEP void wrap1_0(ULONG tag, ULONG size) { wrap0_0(tag, size); }
KEEP void wrap2_0(ULONG tag, ULONG size) { wrap1_0(tag, size); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  wrap2_0(TAG('A','a','r','w'), 40);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

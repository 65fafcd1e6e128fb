// case struct_by_value missed clang-arm64-O1-unwind-simd passes
// part Aa struct_by_value decoys
#include "program.h"
typedef struct { ULONG f0; ULONG tag; } S0;
KEEP void use0(ULONG y, S0 s) { opaque = s.tag == 5; keep(ExAllocatePoolWithTag(NonPagedPool, 48, s.tag)); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  S0 made = {0, TAG('A','a','r','w')};
  use0(a, made);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

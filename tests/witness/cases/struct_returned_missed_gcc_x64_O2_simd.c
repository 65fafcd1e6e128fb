// case struct_returned missed gcc-x64-O2-simd passes
// part Aa struct_returned decoys
#include "program.h"
typedef struct { ULONG tag; ULONG f1; ULONG f2; ULONG f3; ULONG f4; } S0;
KEEP S0 make0(ULONG x) { S0 made = {TAG('A','a','r','w'), 1, 2, 3, 4}; opaque = x; return made; }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  S0 got = make0(a);
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, got.tag));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

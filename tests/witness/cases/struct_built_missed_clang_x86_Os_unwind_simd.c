// case struct_built missed clang-x86-Os-unwind-simd passes
// part Aa struct_built decoys
#include "program.h"
typedef struct { ULONG tag; ULONG f1; ULONG f2; ULONG f3; } S0;
KEEP void use0(const S0* s) { keep(ExAllocatePoolWithTag(NonPagedPool, 48, s->tag)); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  S0 made = {TAG('A','a','r','w'), 1, 2, 3};
  use0(&made);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

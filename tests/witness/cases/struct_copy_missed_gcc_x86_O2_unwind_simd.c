// case struct_copy missed gcc-x86-O2-unwind-simd passes
// part Aa struct_copy decoys
#include "program.h"
typedef struct { ULONG tag; ULONG f1; ULONG f2; ULONG f3; } S0;
static const S0 model0 = {TAG('A','a','r','w'), 1, 2, 3};
KEEP void use0(S0* s) { keep(ExAllocatePoolWithTag(NonPagedPool, 48, s->tag)); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  S0 copy; copy = model0;
  use0(&copy);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

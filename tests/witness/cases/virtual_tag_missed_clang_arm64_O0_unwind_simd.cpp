// case virtual_tag missed clang-arm64-O0-unwind-simd passes
// part Aa virtual_tag decoys
#include "program.h"
struct Base0 { virtual ULONG tag() { return TAG('A','a','r','w'); } virtual void other() { opaque = 1; } ULONG data; };
struct D0_0 : Base0 { ULONG tag() override { return TAG('A','a','v','b'); } };
KEEP void use0(Base0* o) { keep(ExAllocatePoolWithTag(NonPagedPool, 48, o->tag())); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  D0_0 o0; if (a >= 0) use0(&o0);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

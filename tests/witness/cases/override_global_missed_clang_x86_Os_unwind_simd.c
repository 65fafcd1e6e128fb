// case override_global missed clang-x86-Os-unwind-simd fails
// part Af override_global decoys
#include "program.h"
static ULONG override0;
KEEP ULONG tag_of0(void) { return override0 ? override0 : TAG('A','f','a','f'); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithQuotaTag(PagedPool, 48, tag_of0()));
  if (a == 3) override0 = TAG('A','f','a','g');
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

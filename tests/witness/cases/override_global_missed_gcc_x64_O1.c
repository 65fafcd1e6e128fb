// case override_global missed gcc-x64-O1 passes
// part Aa override_global decoys
#include "program.h"
static volatile ULONG override0;
KEEP ULONG tag_of0(void) { return override0 ? override0 : TAG('A','a','r','w'); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag_of0()));
  if (a == 3) override0 = TAG('A','a','v','b');
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

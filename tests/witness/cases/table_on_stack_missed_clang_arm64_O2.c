// case table_on_stack missed clang-arm64-O2 passes
// part Aa table_on_stack decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  volatile ULONG tags[2] = {TAG('A','a','r','w'), TAG('A','a','v','b')};
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tags[a & 1]));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

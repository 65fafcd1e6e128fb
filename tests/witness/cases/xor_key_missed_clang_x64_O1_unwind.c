// case xor_key missed clang-x64-O1-unwind passes
// part Aa xor_key decoys
#include "program.h"
static volatile ULONG key0 = 0x5A5A1234;
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  ULONG tag = TAG('A','a','r','w') ^ key0;
  opaque = tag;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag ^ key0));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

// case loop_by_argument missed clang-x86-O1-unwind passes
// part Aa loop_by_argument decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  ULONG i = 0;
  while (i < (a & 3)) {
    keep(ExAllocatePoolWithTag(NonPagedPool, 48, TAG('A','a','r','0') + (i << 24)));
    ++i;
  }
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

// case switch_dense refuted gcc-x86-O1-unwind passes
// part Aa switch_dense decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  ULONG tag;
  switch (a & 7) {
    case 0: tag = TAG('A','a','r','w'); break;
    case 1: tag = TAG('A','a','v','b'); break;
    case 2: tag = TAG('A','a','1','l'); break;
    case 3: tag = TAG('A','a','k','d'); break;
    case 4: tag = TAG('A','a','j','j'); break;
    case 5: tag = TAG('A','a','2','r'); break;
    case 6: tag = TAG('A','a','h','2'); break;
    case 7: tag = TAG('A','a','1','8'); break;
    default: tag = TAG('A','a','o','f'); break;
  }
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

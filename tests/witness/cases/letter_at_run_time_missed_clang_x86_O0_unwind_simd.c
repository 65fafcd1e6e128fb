// case letter_at_run_time missed clang-x86-O0-unwind-simd passes
// part Aa letter_at_run_time decoys
#include "program.h"
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, TAG('A','a','r',0) | (ULONG)('0' + (a & 3)) << 24));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

/* The tag depends on the path: every constant counts, and the certainty stays sure. */
#include "kernel.h"
NOINLINE ULONG noise(ULONG a) { opaque = a; return opaque; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ULONG tag = opaque ? TAG('B', 'r', 'n', '1') : TAG('Q', 'u', 'i', '2');
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 32, tag);
  ULONG chosen;
  if (noise(1) == 5) {
    noise(11);
    chosen = TAG('P', 't', 'h', '1');
  } else if (noise(2) == 6) {
    noise(12);
    chosen = TAG('P', 't', 'h', '2');
  } else {
    noise(13);
    chosen = TAG('P', 't', 'h', '3');
  }
  PVOID b = ExAllocatePoolWithTag(PagedPool, 32, chosen);
  opaque = a && b;
  return 0;
}

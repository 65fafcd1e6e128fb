/* A tag that counts up beside a counter that counts down: as many tags as the mask or the bound leaves
   rounds. */
#include "kernel.h"
EXPORT void NTAPI masked(ULONG n) {
  ULONG tag = TAG('C', 'b', 'a', '0');
  for (n &= 3; n != 0; --n) {
    opaque = ExAllocatePoolWithTag(PagedPool, 16, tag) != 0;
    tag += 1U << 24;
  }
}
EXPORT void NTAPI bounded(ULONG n) {
  if (n > 4) return;
  opaque = 1;
  for (ULONG i = 0; i < n; ++i) opaque = ExAllocatePoolWithTag(PagedPool, 24, TAG('C', 'b', 'b', '0') + (i << 24)) != 0;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

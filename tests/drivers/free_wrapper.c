/* One wrapper allocates and frees with the same parameter; both kinds of evidence come through. */
#include "kernel.h"
NOINLINE PVOID renew(PVOID old, SIZE_T bytes, ULONG tag) {
  if (old) ExFreePoolWithTag(old, tag);
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = renew(0, 16, TAG('R', 'n', 'w', '1'));
  a = renew(a, 32, TAG('R', 'n', 'w', '2'));
  opaque = a != 0;
  return 0;
}

/* One of two wrappers is chosen by a condition and called through the pointer. */
#include "kernel.h"
KEEP PVOID paged(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
KEEP PVOID nonpaged(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes + 8, tag);
  opaque = p == 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID (*volatile get)(SIZE_T, ULONG) = opaque ? paged : nonpaged;
  opaque = get(64, TAG('W', 's', 'e', 'l')) != 0;
  return 0;
}

/* Seven arguments: the tag comes on the stack, and so does its neighbour. */
#include "kernel.h"
KEEP PVOID get(PVOID owner, ULONG a, ULONG b, ULONG c, SIZE_T bytes, ULONG tag, ULONG mark) {
  if (owner) opaque = a + b + c;
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = p ? mark : 0;
  return p;
}
DRIVER_ENTRY {
  (void)registry_path;
  PVOID a = get(driver, 1, 2, 3, 48, TAG('W', 'm', 'A', '1'), TAG('W', 'm', 'M', '1'));
  PVOID b = get(0, 1, 2, 3, opaque, TAG('W', 'm', 'A', '2'), TAG('W', 'm', 'M', '2'));
  opaque = a && b;
  return 0;
}

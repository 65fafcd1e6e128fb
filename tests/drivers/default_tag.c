/* Tag or default: the wrapper's own constant and its callers' both reach the allocator. */
#include "kernel.h"
NOINLINE PVOID allocate(SIZE_T bytes, ULONG tag) {
  if (tag == 0) tag = TAG('D', 'f', 'l', 't');
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = allocate(100, 0);
  PVOID b = allocate(100, TAG('G', 'i', 'v', 'n'));
  opaque = a && b;
  return 0;
}

/* The wrapper is exported: others may call it with their tags, the driver itself calls it with one. */
#include "kernel.h"
EXPORT KEEP PVOID PoolGet(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
EXPORT KEEP PVOID PoolGetOwn(SIZE_T bytes) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, TAG('W', 'x', 'O', 'w'));
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = PoolGet(24, TAG('W', 'e', 'x', 'p'));
  opaque = a != 0;
  return 0;
}

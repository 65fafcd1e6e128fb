/* The global is written by an init function from its own argument: the tag stands in that function's caller. */
#include "kernel.h"
volatile ULONG pool_tag, pool_limit;
KEEP void pool_init(ULONG limit, ULONG tag) {
  pool_limit = limit;
  pool_tag = tag;
}
KEEP PVOID pool_get(SIZE_T bytes) {
  if (bytes > pool_limit) return 0;
  return ExAllocatePoolWithTag(PagedPool, bytes, pool_tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  pool_init(TAG('L', 'i', 'm', 't'), TAG('G', 'l', 'A', 'r'));
  PVOID a = pool_get(opaque);
  opaque = a != 0;
  return 0;
}

/* The culprit of the sample: leaks nonpaged pool on request, through a wrapper that keeps the tag out of the call itself. */
#include "../drivers/kernel.h"
static NOINLINE PVOID leak(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  if (p) opaque = 1;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  for (ULONG i = 0; i < opaque; ++i) leak(1024, TAG('L', 'e', 'a', 'k'));
  leak(opaque, TAG('N', 'o', 't', 'L'));
  PVOID p = ExAllocatePoolWithTag(PagedPool, 4096, TAG('L', 'e', 'a', 'k'));
  opaque = p != 0;
  return 0;
}

/* An innocent driver with two tags of its own, one of them through a wrapper. */
#include "../drivers/kernel.h"
static NOINLINE PVOID buffer(ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPoolNx, 1514, tag);
  if (!p) opaque = 3;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = buffer(TAG('N', 't', 'R', 'x')), b = buffer(TAG('N', 't', 'T', 'x'));
  if (a) ExFreePoolWithTag(a, TAG('N', 't', 'R', 'x'));
  if (b) ExFreePoolWithTag(b, TAG('N', 't', 'T', 'x'));
  return 0;
}

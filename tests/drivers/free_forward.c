/* A wrapper that only frees passes its tag on: that is no allocation. The driver allocates with another one. */
#include "kernel.h"
KEEP void put(PVOID* place, ULONG tag) {
  if (*place) ExFreePoolWithTag(*place, tag);
  *place = 0;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('F', 'f', 'A', 'l'));
  put(&p, TAG('F', 'f', 'F', 'r'));
  opaque = p == 0;
  return 0;
}

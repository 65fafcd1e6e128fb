/* ExAllocatePool has no tag: the kernel charges None. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = ExAllocatePool(PagedPool, 20);
  opaque = a != 0;
  if (a) ExFreePool(a);
  return 0;
}

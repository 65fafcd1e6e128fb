/* An old driver that allocates without a tag: the kernel charges None. */
#include "../drivers/kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID p = ExAllocatePool(NonPagedPool, 64);
  if (p) ExFreePool(p);
  return 0;
}

/* Allocates with the sample's tag, and calls itself by names that are markup. */
#include "../drivers/kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID p = ExAllocatePoolWithTag(PagedPool, 80, TAG('L', 'e', 'a', 'k'));
  opaque = p != 0;
  return 0;
}

/* A pointer walks down through a local array: what stood in its elements before is gone. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  volatile ULONG tags[24];
  tags[0] = tags[12] = tags[23] = TAG('W', 'd', 'O', 'l');
  volatile ULONG *p = &tags[23];
  do {
    *p = opaque;
    --p;
  } while (p >= tags);
  ExAllocatePoolWithTag(PagedPool, 24, tags[0]);
  return 0;
}

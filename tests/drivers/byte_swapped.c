/* The constant stands in the code in the other byte order and is turned at run time. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  volatile ULONG readable = TAG('p', 'w', 'S', 'B');
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 24, __builtin_bswap32(readable));
  opaque = a != 0;
  return 0;
}

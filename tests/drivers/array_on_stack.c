/* The tags lie in an array on the stack, the index is not known. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  volatile ULONG tags[2];
  tags[0] = TAG('A', 'r', 'S', '0');
  tags[1] = TAG('A', 'r', 'S', '1');
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 24, tags[opaque & 1]);
  opaque = a != 0;
  return 0;
}

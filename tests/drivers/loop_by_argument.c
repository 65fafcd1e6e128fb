/* A loop makes the last letters of tags, up to a number that is an argument with few values. */
#include "kernel.h"
KEEP void counted(ULONG many) {
  volatile ULONG i = 0;
  while (i < (many & 3)) {
    PVOID a = ExAllocatePoolWithTag(NonPagedPool, 24, TAG('C', 'n', 't', '0') + (i << 24));
    opaque = a != 0;
    ++i;
  }
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  counted(opaque);
  return 0;
}

/* A tag given to a function that ignores it and uses its own. */
#include "kernel.h"
KEEP PVOID get(SIZE_T bytes, ULONG tag) {
  (void)tag;
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, TAG('D', 'i', 'O', 'w'));
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = get(24, TAG('D', 'i', 'I', 'g')) != 0;
  return 0;
}

/* A wrapper that calls itself: the fixed point must end, and the tag must come through. */
#include "kernel.h"
NOINLINE PVOID retry(SIZE_T bytes, ULONG tag, int attempts) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  if (p == 0 && attempts > 0) {
    opaque = KeQueryTimeIncrement();
    p = retry(bytes / 2, tag, attempts - 1);
    opaque = p != 0;
  }
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = retry(4096, TAG('R', 'c', 'r', '1'), 3);
  opaque = a != 0;
  return 0;
}

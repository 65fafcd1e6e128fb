/* The wrapper puts its own letter in the tag's last place. */
#include "kernel.h"
KEEP PVOID get(ULONG family, SIZE_T bytes) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, (family & 0xFFFFFFu) | (ULONG)'x' << 24);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = get(TAG('W', 'l', 'B', '?'), 24);
  PVOID b = get(TAG('W', 'l', 'C', '!'), 24);
  opaque = a && b;
  return 0;
}

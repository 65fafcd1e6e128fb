/* The wrapper is called in a loop; the first round uses another tag than the rest. */
#include "kernel.h"
static PVOID blocks[16];
KEEP PVOID get(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ULONG tag = TAG('W', 'i', 'L', '1');
  for (ULONG i = 0; i < opaque; ++i) {
    blocks[i & 15] = get(32 + i, tag);
    tag = TAG('W', 'i', 'L', 'n');
  }
  return 0;
}

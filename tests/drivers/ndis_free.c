/* What NdisAllocateMemoryWithTag gave may go back by NdisFreeMemory, which takes no tag: nobody can say that it is never
   freed. The second function has no choice of pool, so none can be reproached with an executable one. */
#include "kernel.h"
KEEP void drop(PVOID p, ULONG bytes) {
  if (p) NdisFreeMemory(p, bytes, 0);
  opaque = 1;
}
DRIVER_ENTRY {
  (void)registry_path;
  PVOID p = 0;
  opaque = (ULONG)NdisAllocateMemoryWithTag(&p, 128, TAG('N', 'f', 'r', 'e'));
  drop(p, 128);
  drop(NdisAllocateMemoryWithTagPriority(driver, 256, TAG('N', 'f', 'r', 'p'), 16), 256);
  return 0;
}

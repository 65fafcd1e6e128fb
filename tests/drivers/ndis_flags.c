/* NdisAllocateMemory takes memory from the pool only when its flags are 0; otherwise it is not pool memory at all. */
#include "kernel.h"
static PVOID block;
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = (ULONG)NdisAllocateMemory(&block, 300, 1, ~0ULL);
  opaque = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('N', 'f', 'O', 'k')) != 0;
  return 0;
}

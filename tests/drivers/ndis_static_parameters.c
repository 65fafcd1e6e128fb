/* The parameter block is a constant, or a writable static that one store completes. */
#include "kernel.h"
static const NBL_POOL lists = {{0x80, 1, sizeof lists}, 0, 1, 64, TAG('N', 's', 'L', 'p'), 1514, 0};
static NB_POOL buffers = {{0x80, 1, sizeof buffers}, 0, TAG('N', 's', 'D', 't')};
KEEP void open_pools(PVOID handle) {
  opaque = NdisAllocateNetBufferListPool(handle, &lists) != 0;
  buffers.tag = TAG('N', 's', 'B', 'p');
  opaque = NdisAllocateNetBufferPool(handle, &buffers) != 0;
}
DRIVER_ENTRY {
  (void)registry_path;
  open_pools(driver);
  return 0;
}

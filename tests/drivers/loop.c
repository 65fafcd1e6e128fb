/* A register that is loaded once and used in a loop, with the slot loaded once as well. */
#include "kernel.h"
static PVOID blocks[64];
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  for (ULONG i = 0; i < 64; ++i) {
    blocks[i] = ExAllocatePoolWithTag(NonPagedPool, 64 + i * 8, TAG('L', 'o', 'o', 'p'));
    if (!blocks[i]) blocks[i] = ExAllocatePoolWithTag(PagedPool, 64, TAG('L', 'o', 'o', 'p'));
  }
  return 0;
}

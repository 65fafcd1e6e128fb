/* A base tag plus 0 or 1. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  volatile ULONG base = TAG('A', 'd', 'd', '0');
  ULONG more = opaque ? 1u << 24 : 0;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 24, base + more);
  opaque = a != 0;
  return 0;
}

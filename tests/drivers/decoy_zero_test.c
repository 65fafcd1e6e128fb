/* Only a zero gets through to the allocator, so no caller's tag does. */
#include "kernel.h"
KEEP PVOID get(SIZE_T bytes, ULONG value) {
  if (value != 0) return 0;
  return ExAllocatePoolWithTag(NonPagedPool, bytes, value);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = get(16, TAG('D', 'z', 'N', 'o')) != 0;
  opaque = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('D', 'z', 'O', 'k')) != 0;
  return 0;
}

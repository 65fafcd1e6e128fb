/* Two functions write the global, so the allocation may carry either tag. */
#include "kernel.h"
volatile ULONG driver_tag;
KEEP void for_debugging(void) { driver_tag = TAG('G', 'l', 'W', 'd'); }
KEEP void for_release(void) { driver_tag = TAG('G', 'l', 'W', 'r'); }
KEEP PVOID grow(SIZE_T bytes) { return ExAllocatePoolWithTag(NonPagedPool, bytes, driver_tag); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  if (opaque) for_debugging();
  else for_release();
  PVOID a = grow(48);
  opaque = a != 0;
  return 0;
}

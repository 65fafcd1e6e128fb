/* Binds another driver's allocators when they are first called, which kernel drivers hardly do and images may. */
#include "../kernel.h"
IMPORT PVOID PoolGet(ULONG kind, SIZE_T bytes, ULONG tag);
IMPORT PVOID PoolGetOwn(SIZE_T bytes, ULONG ignored);
/* What the linker's stubs call; the real one loads the module. */
PVOID __delayLoadHelper2(const void* descriptor, PVOID* slot) {
  opaque = descriptor != 0;
  return *slot;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = PoolGet(2, 80, TAG('D', 'l', 'G', 'e'));
  PVOID b = PoolGetOwn(80, TAG('D', 'l', 'N', 'o'));
  ExFreePoolWithTag(a, TAG('D', 'l', 'G', 'e'));
  opaque = b != 0;
  return 0;
}

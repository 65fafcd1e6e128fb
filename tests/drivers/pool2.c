/* ExAllocatePool2 and 3 take POOL_FLAGS instead of a pool type. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = ExAllocatePool2(POOL_FLAG_NON_PAGED, 256, TAG('P', 'o', 'l', '2'));
  PVOID b = ExAllocatePool2(POOL_FLAG_PAGED, 64, TAG('P', 'g', 'd', '2'));
  PVOID c = ExAllocatePool3(POOL_FLAG_PAGED, 512, TAG('P', 'o', 'l', '3'), 0, 0);
  opaque = a && b && c;
  return 0;
}

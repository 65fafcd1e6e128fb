/* Constants that are put together at run time by code the tracer must follow. */
#include "kernel.h"
NOINLINE PVOID masked(ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, 24, tag | 0x80000000u);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  volatile ULONG zero = 0;
  (void)zero;
  PVOID a = masked(TAG('M', 's', 'k', '1'));
  ULONG half = TAG('H', 'a', 0, 0);
  half |= TAG(0, 0, 'l', 'f');
  PVOID b = ExAllocatePoolWithTag(PagedPool, 24, half);
  opaque = a && b;
  return 0;
}

/* A function that ends in a call which never returns must not run on into its neighbour. */
#include "kernel.h"
NOINLINE void die(ULONG code) { KeBugCheckEx(code, 0, 0, 0, 0); __builtin_unreachable(); }
NOINLINE PVOID neighbour(ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, 40, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  if (opaque == 77) die(TAG('D', 'i', 'e', 'd'));
  PVOID a = neighbour(TAG('N', 'e', 'i', 'g'));
  opaque = a != 0;
  return 0;
}

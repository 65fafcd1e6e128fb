/* A local wrapper: looking back from the import call finds no constant. Pool type and size map through it. */
#include "kernel.h"
static NOINLINE PVOID allocate(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  if (p) opaque = 1;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = allocate(100, TAG('W', 'r', 'p', '1'));
  PVOID b = allocate(opaque, TAG('W', 'r', 'p', '2'));
  opaque = a && b;
  return 0;
}

/* An optimised wrapper leaves by a jump, has no stack frame and so no entry in .pdata. */
#include "kernel.h"
NOINLINE PVOID tail(SIZE_T bytes, ULONG tag) { return ExAllocatePoolWithTag(NonPagedPool, bytes, tag); }
NOINLINE PVOID tail_of_tail(ULONG tag) { return tail(72, tag); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = tail(8, TAG('T', 'a', 'l', '1'));
  PVOID b = tail_of_tail(TAG('T', 'a', 'l', '2'));
  opaque = a && b;
  return 0;
}

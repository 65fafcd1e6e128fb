/* An argument as wide as a pointer is compared with -1: on 64 bits, 0xFFFFFFFF is another number and is let through. */
#include "kernel.h"
KEEP PVOID unless_none(ULONG_PTR id, SIZE_T bytes, ULONG tag) {
  if (id == ~(ULONG_PTR)0) return 0;
  return ExAllocatePoolWithTag(PagedPool, bytes + (id & 1), tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = unless_none(0xFFFFFFFFu, 40, TAG('W', 'c', '3', '2')) != 0;
  opaque = unless_none(3, 40, TAG('W', 'c', '0', '3')) != 0;
  opaque = unless_none(~(ULONG_PTR)0, 40, TAG('W', 'c', 'N', 'o')) != 0;
  return 0;
}

/* Two levels of wrappers; the inner one sets bit 31, and the outer one is also called with a tag that has it. */
#include "kernel.h"
KEEP PVOID inner(ULONG tag, SIZE_T bytes) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag | 0x80000000u);
  opaque = p != 0;
  return p;
}
KEEP PVOID outer(SIZE_T bytes, ULONG tag) {
  PVOID p = inner(tag, bytes + 8);
  if (!p) opaque = 5;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = outer(24, TAG('W', 'p', 'r', '1'));
  PVOID b = outer(24, TAG('W', 'p', 'r', '2') | 0x80000000u);
  opaque = a && b;
  return 0;
}

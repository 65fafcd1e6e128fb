/* Wrappers of wrappers; the order of the arguments changes on the way down, and so does the pool type's place. */
#include "kernel.h"
static NOINLINE PVOID level3(int type, ULONG tag, SIZE_T bytes) {
  PVOID p = ExAllocatePoolWithTag(type, bytes, tag);
  opaque = p != 0;
  return p;
}
static NOINLINE PVOID level2(ULONG tag, SIZE_T bytes, int type) {
  PVOID p = level3(type, tag, bytes);
  if (!p) opaque = 2;
  return p;
}
static NOINLINE PVOID level1(SIZE_T bytes, int type, ULONG tag) {
  PVOID p = level2(tag, bytes, type);
  if (!p) opaque = 3;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = level1(40, PagedPool, TAG('D', 'e', 'p', '1'));
  PVOID b = level2(TAG('D', 'e', 'p', '2'), 80, NonPagedPool);
  PVOID c = level3(opaque ? PagedPool : PagedPool, TAG('D', 'e', 'p', '3'), opaque);
  opaque = a && b && c;
  return 0;
}

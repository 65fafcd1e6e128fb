/* Wrappers that pass on the tag they got or another one, depending on what else they got: a number, a bit, a size, a tag
   that is not zero. Where a call says which, the other tag is not passed by it. */
#include "kernel.h"
static KEEP PVOID inner(SIZE_T n, ULONG tag) { return ExAllocatePoolWithTag(PagedPool, n, tag); }
static KEEP PVOID by_number(int own, ULONG tag, SIZE_T n) { return inner(n, own ? TAG('T', 'w', 'a', '0') : tag); }
static KEEP PVOID by_size(SIZE_T n, ULONG tag) {
  if (n > 4096) tag = TAG('T', 'w', 'b', '0');
  return inner(n, tag);
}
static KEEP PVOID by_bit(ULONG flags, SIZE_T n, ULONG tag) {
  if (flags & 4) tag = TAG('T', 'w', 'c', '0');
  return ExAllocatePoolWithTag(flags & 1, n, tag);
}
static KEEP PVOID first_not_zero(ULONG a, ULONG b, SIZE_T n) { return inner(n, a ? a : b); }
static KEEP PVOID several(int which, ULONG a, ULONG b, ULONG c, SIZE_T n) {
  return inner(n, which == 1 ? a : which == 2 ? b : c);
}
static KEEP PVOID outer(int own, SIZE_T n) { return by_number(own, TAG('T', 'w', 'f', '0'), n); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ULONG n = opaque;
  by_number(1, TAG('N', 'w', 'a', '1'), n);
  by_number(0, TAG('T', 'w', 'a', '2'), n);
  by_number(opaque, TAG('T', 'w', 'a', '3'), n);
  by_size(8192, TAG('N', 'w', 'b', '1'));
  by_size(16, TAG('T', 'w', 'b', '2'));
  by_size(n, TAG('T', 'w', 'b', '3'));
  by_bit(6, n, TAG('N', 'w', 'c', '1'));
  by_bit(3, n, TAG('T', 'w', 'c', '2'));
  by_bit(n, n, TAG('T', 'w', 'c', '3'));
  first_not_zero(TAG('T', 'w', 'd', '0'), TAG('N', 'w', 'd', '1'), n);
  first_not_zero(0, TAG('T', 'w', 'd', '2'), n);
  several(2, TAG('N', 'w', 'e', '0'), TAG('T', 'w', 'e', '1'), TAG('N', 'w', 'e', '2'), n);
  several(opaque, TAG('T', 'w', 'e', '3'), TAG('T', 'w', 'e', '4'), TAG('T', 'w', 'e', '5'), n);
  outer(0, n);
  return 0;
}

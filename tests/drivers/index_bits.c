/* An index is some bits of a number of which other bits, more of them, or the same ones were tested before: `(x & 7) < 2` is a
   test of two bits. What that leaves out is told of nothing, or (bits that were shifted down) is an assumption. */
#include "kernel.h"
#define ROWS(name, k, a, b, c, d, e, f, g, h)                                                                             \
  static const ULONG name[8] = {TAG(a, k, '0', '0'), TAG(b, k, '0', '1'), TAG(c, k, '0', '2'), TAG(d, k, '0', '3'), \
                                TAG(e, k, '0', '4'), TAG(f, k, '0', '5'), TAG(g, k, '0', '6'), TAG(h, k, '0', '7')}
ROWS(small, 'a', 'T', 'T', 'N', 'N', 'N', 'N', 'N', 'N');
ROWS(clear, 'b', 'T', 'T', 'T', 'T', 'N', 'N', 'N', 'N');
ROWS(set, 'c', 'N', 'N', 'T', 'T', 'N', 'N', 'T', 'T');
ROWS(field, 'd', 'N', 'N', 'T', 'T', 'N', 'N', 'N', 'N');
ROWS(odd, 'e', 'N', 'T', 'N', 'T', 'N', 'T', 'N', 'T');
ROWS(upper, 'f', 'T', 'T', 'N', 'T', 'T', 'N', 'T', 'T');
ROWS(shifted, 'g', 'T', 'T', 'X', 'T', 'T', 'T', 'T', 'T');
ROWS(added, 'h', 'N', 'T', 'N', 'T', 'N', 'N', 'N', 'N');
EXPORT PVOID NTAPI of_small(ULONG x) {
  if ((x & 7) >= 2) return 0;
  return ExAllocatePoolWithTag(PagedPool, 16, small[x & 7]);
}
EXPORT PVOID NTAPI of_clear(ULONG x) {
  if (x & 4) return 0;
  opaque = 1;
  return ExAllocatePoolWithTag(PagedPool, 24, clear[x & 7]);
}
EXPORT PVOID NTAPI of_set(ULONG x) {
  if (!(x & 2)) return 0;
  return ExAllocatePoolWithTag(PagedPool, 32, set[x & 7]);
}
EXPORT PVOID NTAPI of_field(ULONG x) {
  if ((x & 6) != 2) return 0;
  return ExAllocatePoolWithTag(PagedPool, 40, field[x & 7]);
}
EXPORT PVOID NTAPI of_odd(ULONG x) {
  const ULONG index = x & 7;
  if ((index & 1) == 0) {
    opaque = index;
    return 0;
  }
  return ExAllocatePoolWithTag(PagedPool, 48, odd[index]);
}
EXPORT PVOID NTAPI of_upper(ULONG x) {
  const ULONG index = (x >> 3) & 7;
  if (index == 2 || index == 5) return 0;
  return ExAllocatePoolWithTag(PagedPool, 56, upper[index]);
}
EXPORT PVOID NTAPI of_shifted(ULONG x) {
  if ((x & 0x38) == 0x10) return 0;
  return ExAllocatePoolWithTag(PagedPool, 64, shifted[(x >> 3) & 7]);
}
EXPORT PVOID NTAPI of_added(ULONG x) {
  const ULONG rest = x % 3;
  if (rest == 1) return 0;
  return ExAllocatePoolWithTag(PagedPool, 72, added[rest + 1]);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

/* Counters that make no equal steps: they double, are shifted, are XORed, go around; letters that such a counter makes; tags that
   change places in a loop. Two rounds look like a step: what the third does not confirm is an assumption. */
#include "kernel.h"
static const ULONG doubled[8] = {TAG('N', 'a', '0', '0'), TAG('X', 'a', '0', '1'), TAG('X', 'a', '0', '2'), TAG('Y', 'a', '0', '3'),
                                 TAG('X', 'a', '0', '4'), TAG('Y', 'a', '0', '5'), TAG('Y', 'a', '0', '6'), TAG('Y', 'a', '0', '7')};
static const ULONG powers[8] = {TAG('N', 'b', '0', '0'), TAG('X', 'b', '0', '1'), TAG('X', 'b', '0', '2'), TAG('Y', 'b', '0', '3'),
                                TAG('X', 'b', '0', '4'), TAG('Y', 'b', '0', '5'), TAG('Y', 'b', '0', '6'), TAG('Y', 'b', '0', '7')};
EXPORT void NTAPI of_doubled(void) {
  ULONG k = 1;
  for (ULONG i = 0; i < 3; ++i, k += k) opaque = ExAllocatePoolWithTag(PagedPool, 16, doubled[k]) != 0;
}
EXPORT void NTAPI of_powers(void) {
  for (ULONG n = 1; n < 8; n *= 2) opaque = ExAllocatePoolWithTag(PagedPool, 24, powers[n]) != 0;
}
EXPORT void NTAPI of_letters(void) {
  ULONG size = 1;
  for (ULONG i = 0; i < 4; ++i, size *= 2) opaque = ExAllocatePoolWithTag(PagedPool, 32, TAG('X', 'c', '0', '0') + (size << 24)) != 0;
}
EXPORT PVOID NTAPI change_places(ULONG x) {
  ULONG first = TAG('X', 'd', '0', '1'), second = TAG('X', 'd', '1', '1'), third = TAG('X', 'd', '2', '1');
  for (ULONG i = 0; i < (x & 7); ++i) {
    const ULONG kept = first;
    first = second;
    second = third;
    third = kept;
    opaque = i;
  }
  return ExAllocatePoolWithTag(PagedPool, 40, third);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

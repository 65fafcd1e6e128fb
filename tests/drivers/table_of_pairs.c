/* Tables of which two indices choose an element that were compared with each other: not the diagonal, not below it; of which the
   sum is even. Which pairs are left is not known, so that all of them are assumptions. Two indices that nobody compares are sure. */
#include "kernel.h"
static const ULONG bounded[3][3] = {{TAG('N', 'p', '0', '0'), TAG('T', 'p', '0', '1'), TAG('T', 'p', '0', '2')},
                                    {TAG('T', 'p', '1', '0'), TAG('N', 'p', '1', '1'), TAG('T', 'p', '1', '2')},
                                    {TAG('T', 'p', '2', '0'), TAG('T', 'p', '2', '1'), TAG('N', 'p', '2', '2')}};
static const ULONG cut[2][2] = {{TAG('N', 'q', '0', '0'), TAG('T', 'q', '0', '1')}, {TAG('T', 'q', '1', '0'), TAG('N', 'q', '1', '1')}};
static const ULONG above[4][4] = {{TAG('N', 'r', '0', '0'), TAG('T', 'r', '0', '1'), TAG('T', 'r', '0', '2'), TAG('T', 'r', '0', '3')},
                                  {TAG('N', 'r', '1', '0'), TAG('N', 'r', '1', '1'), TAG('T', 'r', '1', '2'), TAG('T', 'r', '1', '3')},
                                  {TAG('N', 'r', '2', '0'), TAG('N', 'r', '2', '1'), TAG('N', 'r', '2', '2'), TAG('T', 'r', '2', '3')},
                                  {TAG('N', 'r', '3', '0'), TAG('N', 'r', '3', '1'), TAG('N', 'r', '3', '2'), TAG('N', 'r', '3', '3')}};
static const ULONG freely[2][2] = {{TAG('T', 's', '0', '0'), TAG('T', 's', '0', '1')}, {TAG('T', 's', '1', '0'), TAG('T', 's', '1', '1')}};
EXPORT PVOID NTAPI of_bounded(ULONG i, ULONG k) {
  if (i >= 3 || k >= 3 || i == k) return 0;
  return ExAllocatePoolWithTag(PagedPool, 16, bounded[i][k]);
}
EXPORT PVOID NTAPI of_cut(ULONG i, ULONG k) {
  i &= 1;
  k &= 1;
  if (i == k) return 0;
  return ExAllocatePoolWithTag(PagedPool, 24, cut[i][k]);
}
EXPORT PVOID NTAPI of_above(ULONG i, ULONG k) {
  i &= 3;
  k &= 3;
  if (i >= k) return 0;
  return ExAllocatePoolWithTag(PagedPool, 32, above[i][k]);
}
EXPORT PVOID NTAPI of_freely(ULONG i, ULONG k) {
  i &= 1;
  k &= 1;
  opaque = i == k;
  return ExAllocatePoolWithTag(PagedPool, 40, freely[i][k]);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

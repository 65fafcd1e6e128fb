/* Loops over a part of a table, whose other part is for something else: the bound is an end pointer, a number of rounds
   counted up or down, or a counter of its own beside the pointer. */
#include "kernel.h"
static const ULONG by_end[8] = {TAG('L', 'e', '0', '0'), TAG('L', 'e', '0', '1'), TAG('L', 'e', '0', '2'), TAG('L', 'e', '0', '3'),
                                TAG('N', 'e', '0', '0'), TAG('N', 'e', '0', '1'), TAG('N', 'e', '0', '2'), 0};
static const ULONG by_rounds[8] = {TAG('L', 'r', '0', '0'), TAG('L', 'r', '0', '1'), TAG('L', 'r', '0', '2'), TAG('N', 'r', '0', '0'),
                                   TAG('N', 'r', '0', '1'), TAG('N', 'r', '0', '2'), TAG('N', 'r', '0', '3'), 0};
static const ULONG downwards[8] = {TAG('L', 'd', '0', '0'), TAG('L', 'd', '0', '1'), TAG('L', 'd', '0', '2'), TAG('L', 'd', '0', '3'),
                                   TAG('N', 'd', '0', '0'), TAG('N', 'd', '0', '1'), TAG('N', 'd', '0', '2'), 0};
static PVOID made[4];
KEEP void to_end(void) {
  for (const ULONG* tag = by_end; tag != by_end + 4; ++tag) opaque = ExAllocatePoolWithTag(PagedPool, 24, *tag) != 0;
}
KEEP void so_often(void) {
  for (ULONG i = 0; i < 3; ++i) made[i] = ExAllocatePoolWithTag(PagedPool, 32, by_rounds[i]);
}
KEEP void down(void) {
  for (LONG i = 3; i >= 0; --i) opaque = ExAllocatePoolWithTag(PagedPool, 40, downwards[i]) != 0;
}
KEEP void letters(void) {
  for (ULONG i = 0; i < 3; ++i) opaque = ExAllocatePoolWithTag(PagedPool, 48, TAG('L', 'l', '0', '0') + (i << 24)) != 0;
}
KEEP ULONG other(ULONG i) { return by_end[i] ^ by_rounds[i] ^ downwards[i]; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  to_end();
  so_often();
  down();
  letters();
  opaque = other(opaque) + (made[2] != 0);
  return 0;
}

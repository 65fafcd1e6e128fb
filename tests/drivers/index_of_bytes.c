/* Indices of one byte and of two. Where what bounds them is not seen, they are not taken to reach every element only because
   they could reach beyond the last one. A byte that is no less than a number with its sign is so without it, too. */
#include "kernel.h"
static const ULONG masked[8] = {TAG('N', 'b', 'b', '0'), TAG('N', 'b', 'b', '1'), TAG('T', 'b', 'b', '2'), TAG('T', 'b', 'b', '3'), TAG('N', 'b', 'b', '4')};
static const ULONG words[8] = {TAG('N', 'b', 'c', '0'), TAG('N', 'b', 'c', '1'), TAG('T', 'b', 'c', '2'), TAG('T', 'b', 'c', '3'), TAG('N', 'b', 'c', '4')};
static const ULONG with_sign[8] = {TAG('N', 'b', 'd', '0'), TAG('N', 'b', 'd', '1'), TAG('T', 'b', 'd', '2'), TAG('T', 'b', 'd', '3'), TAG('N', 'b', 'd', '4')};
EXPORT PVOID NTAPI of_masked(UCHAR x) {
  if ((UCHAR)(x - 2) > 1) return 0;
  opaque = 1;
  return ExAllocatePoolWithTag(PagedPool, 24, masked[x]);
}
EXPORT PVOID NTAPI of_words(USHORT x) {
  if ((USHORT)(x - 2) > 1) return 0;
  opaque = 1;
  return ExAllocatePoolWithTag(PagedPool, 32, words[x]);
}
EXPORT PVOID NTAPI of_signed(signed char x) {
  if (x < 2) return 0;
  if ((UCHAR)x > 3) return 0;
  opaque = 1;
  return ExAllocatePoolWithTag(PagedPool, 40, with_sign[x]);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

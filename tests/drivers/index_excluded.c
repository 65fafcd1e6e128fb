/* Tables of which comparisons leave out entries: an index that is not 2, before and behind its bound, even ones, ones that are
   beyond a range, an entry that was read before. What an argument excludes is told of nothing; what a number in memory excludes,
   which may be read again, is an assumption. */
#include "kernel.h"
struct request { ULONG kind, flags; };
static const ULONG before[5] = {TAG('T', 'a', '0', '0'), TAG('T', 'a', '0', '1'), TAG('N', 'a', '0', '2'), TAG('T', 'a', '0', '3'), TAG('T', 'a', '0', '4')};
static const ULONG behind[5] = {TAG('T', 'b', '0', '0'), TAG('T', 'b', '0', '1'), TAG('N', 'b', '0', '2'), TAG('T', 'b', '0', '3'), TAG('T', 'b', '0', '4')};
static const ULONG even[6] = {TAG('T', 'c', '0', '0'), TAG('N', 'c', '0', '1'), TAG('T', 'c', '0', '2'), TAG('N', 'c', '0', '3'), TAG('T', 'c', '0', '4'), TAG('N', 'c', '0', '5')};
static const ULONG odd[6] = {TAG('N', 'd', '0', '0'), TAG('T', 'd', '0', '1'), TAG('N', 'd', '0', '2'), TAG('T', 'd', '0', '3'), TAG('N', 'd', '0', '4'), TAG('T', 'd', '0', '5')};
static const ULONG outside[8] = {TAG('T', 'e', '0', '0'), TAG('N', 'e', '0', '1'), TAG('N', 'e', '0', '2'), TAG('N', 'e', '0', '3'), TAG('T', 'e', '0', '4'), TAG('T', 'e', '0', '5'), TAG('T', 'e', '0', '6'), TAG('T', 'e', '0', '7')};
static const ULONG masked[4] = {TAG('T', 'f', '0', '0'), TAG('N', 'f', '0', '1'), TAG('T', 'f', '0', '2'), TAG('T', 'f', '0', '3')};
static const ULONG field[5] = {TAG('T', 'g', '0', '0'), TAG('T', 'g', '0', '1'), TAG('N', 'g', '0', '2'), TAG('T', 'g', '0', '3'), TAG('T', 'g', '0', '4')};
static const ULONG read[5] = {TAG('T', 'h', '0', '0'), TAG('T', 'h', '0', '1'), TAG('N', 'h', '0', '2'), TAG('T', 'h', '0', '3'), TAG('T', 'h', '0', '4')};
EXPORT PVOID NTAPI of_before(ULONG x) {
  if (x == 2) return 0;
  if (x > 4) return 0;
  opaque = 1;
  return ExAllocatePoolWithTag(PagedPool, 16, before[x]);
}
EXPORT PVOID NTAPI of_behind(ULONG x) {
  if (x > 4) return 0;
  opaque = 1;
  if (x == 2) return 0;
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 24, behind[x]);
}
EXPORT PVOID NTAPI of_even(ULONG x) {
  if (x > 5) return 0;
  opaque = 1;
  if (x & 1) return 0;
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 32, even[x]);
}
EXPORT PVOID NTAPI of_odd(ULONG x) {
  if (!(x & 1)) return 0;
  opaque = 1;
  if (x > 5) return 0;
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 40, odd[x]);
}
EXPORT PVOID NTAPI of_outside(ULONG x) {
  if (x > 7) return 0;
  opaque = 1;
  if (x - 1 < 3) return 0;
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 48, outside[x]);
}
EXPORT PVOID NTAPI of_masked(ULONG x) {
  x &= 3;
  if (x == 1) return 0;
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 56, masked[x]);
}
EXPORT PVOID NTAPI of_field(struct request* request) {
  const ULONG x = request->kind;
  if (x == 2) return 0;
  opaque = 1;
  if (x > 4) return 0;
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 64, field[x]);
}
EXPORT PVOID NTAPI of_read(ULONG x) {
  if (x > 4) return 0;
  const ULONG tag = read[x];
  opaque = tag;
  if (x == 2) return 0;
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 72, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

/* A mask bounds an index, and a comparison of the index less a number leaves out those below and those above. */
#include "kernel.h"
static const ULONG seven[8] = {TAG('N', 'm', 'a', '0'), TAG('N', 'm', 'a', '1'), TAG('T', 'm', 'a', '2'), TAG('T', 'm', 'a', '3'), TAG('T', 'm', 'a', '4'), TAG('N', 'm', 'a', '5'), TAG('N', 'm', 'a', '6'), TAG('N', 'm', 'a', '7')};
static const ULONG later[8] = {TAG('N', 'm', 'b', '0'), TAG('N', 'm', 'b', '1'), TAG('T', 'm', 'b', '2'), TAG('T', 'm', 'b', '3'), TAG('T', 'm', 'b', '4'), TAG('N', 'm', 'b', '5'), TAG('N', 'm', 'b', '6'), TAG('N', 'm', 'b', '7')};
static const ULONG field[8] = {TAG('N', 'm', 'c', '0'), TAG('N', 'm', 'c', '1'), TAG('T', 'm', 'c', '2'), TAG('T', 'm', 'c', '3'), TAG('T', 'm', 'c', '4'), TAG('N', 'm', 'c', '5'), TAG('N', 'm', 'c', '6'), TAG('N', 'm', 'c', '7')};
EXPORT PVOID NTAPI of_seven(ULONG x) {
  x &= 7;
  if (x - 2 > 2) return 0;
  return ExAllocatePoolWithTag(PagedPool, 16, seven[x]);
}
EXPORT PVOID NTAPI of_later(ULONG x) {
  x &= 7;
  opaque = 1;
  if (x + 1 < 3 || x + 1 > 5) return 0;
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 24, later[x]);
}
EXPORT PVOID NTAPI of_field(const ULONG* x) {
  const ULONG number = *x & 7;
  if (number - 2 > 2) return 0;
  opaque = 1;
  return ExAllocatePoolWithTag(PagedPool, 32, field[number]);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

/* An index that is chosen without a branch: from two of which a comparison leaves some values each, from one and what was added
   to it before, from one and its end. */
#include "kernel.h"
static const ULONG moved[10] = {TAG('N', 'a', '0', '0'), TAG('N', 'a', '0', '1'), TAG('T', 'a', '0', '2'), TAG('T', 'a', '0', '3'),
                                TAG('T', 'a', '0', '4'), TAG('T', 'a', '0', '5'), TAG('T', 'a', '0', '6'), TAG('T', 'a', '0', '7'),
                                TAG('N', 'a', '0', '8'), TAG('N', 'a', '0', '9')};
static const ULONG ended[8] = {TAG('T', 'b', '0', '0'), TAG('T', 'b', '0', '1'), TAG('T', 'b', '0', '2'), TAG('N', 'b', '0', '3'),
                               TAG('T', 'b', '0', '4'), TAG('T', 'b', '0', '5'), TAG('N', 'b', '0', '6'), TAG('N', 'b', '0', '7')};
static const ULONG at_least[8] = {TAG('N', 'c', '0', '0'), TAG('N', 'c', '0', '1'), TAG('T', 'c', '0', '2'), TAG('T', 'c', '0', '3'),
                                  TAG('T', 'c', '0', '4'), TAG('T', 'c', '0', '5'), TAG('T', 'c', '0', '6'), TAG('T', 'c', '0', '7')};
EXPORT PVOID NTAPI of_moved(ULONG x) {
  ULONG index = x & 7;
  if (index < 2) index += 4;
  return ExAllocatePoolWithTag(PagedPool, 16, moved[index]);
}
EXPORT PVOID NTAPI of_ended(ULONG x) {
  ULONG index = x & 7;
  if (index > 5) index = 5;
  if (index == 3) index = 0;
  return ExAllocatePoolWithTag(PagedPool, 24, ended[index]);
}
EXPORT PVOID NTAPI of_at_least(ULONG x) {
  ULONG index = x & 7;
  if (index < 2) index = 2;
  return ExAllocatePoolWithTag(PagedPool, 32, at_least[index]);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

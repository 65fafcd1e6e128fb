/* The index of a table is cut by a mask, which tells how many tags there are: a reference to one of them ends nothing, and
   what stands behind the last one is no tag. */
#include "kernel.h"
static const ULONG tags[12] = {TAG('T', 'm', '0', '0'), TAG('T', 'm', '0', '1'), TAG('T', 'm', '0', '2'), TAG('T', 'm', '0', '3'),
                               TAG('T', 'm', '0', '4'), TAG('T', 'm', '0', '5'), TAG('T', 'm', '0', '6'), TAG('T', 'm', '0', '7'),
                               TAG('N', 'm', '0', '0'), TAG('N', 'm', '0', '1'), TAG('N', 'm', '0', '2'), 0};
static const ULONG* volatile fifth;
KEEP PVOID by_index(ULONG i, SIZE_T bytes) { return ExAllocatePoolWithTag(PagedPool, bytes, tags[i & 7]); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  fifth = &tags[4];
  opaque = by_index(opaque, 40) != 0;
  return 0;
}

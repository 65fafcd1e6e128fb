/* An index that nothing bounds goes over the tags of a table; something else refers to the fifth. Whether the table ends there cannot be
   told from one whose neighbour is another table, so what stands before it is not sure. */
#include "kernel.h"
static const ULONG tags[8] = {TAG('T', 'c', '0', '0'), TAG('T', 'c', '0', '1'), TAG('T', 'c', '0', '2'), TAG('T', 'c', '0', '3'),
                              TAG('T', 'c', '0', '4'), TAG('T', 'c', '0', '5'), TAG('T', 'c', '0', '6'), TAG('T', 'c', '0', '7')};
static const ULONG* volatile fifth;
KEEP PVOID by_index(ULONG i, SIZE_T bytes) { return ExAllocatePoolWithTag(PagedPool, bytes, tags[i]); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  fifth = &tags[4];
  opaque = by_index(opaque, 40) != 0;
  return 0;
}

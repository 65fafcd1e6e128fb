/* A wrapper builds the parameter block from its own argument: the tag stands in the wrapper's callers. */
#include "kernel.h"
KEEP PVOID open_pool(PVOID handle, USHORT context, ULONG tag, ULONG data) {
  NBL_POOL lists;
  lists.header.type = 0x80;
  lists.header.revision = 1;
  lists.header.size = sizeof lists;
  lists.protocol = 0;
  lists.with_buffer = 1;
  lists.context = context;
  lists.tag = tag;
  lists.data = data;
  lists.flags = 0;
  PVOID pool = NdisAllocateNetBufferListPool(handle, &lists);
  opaque = pool != 0;
  return pool;
}
DRIVER_ENTRY {
  (void)registry_path;
  PVOID a = open_pool(driver, 0, TAG('N', 'h', 'R', 'x'), 2048);
  PVOID b = open_pool(driver, 32, TAG('N', 'h', 'T', 'x'), TAG('N', 'h', 'D', 't'));
  opaque = a && b;
  return 0;
}

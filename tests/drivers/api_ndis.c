/* Every listed function of NDIS, each with a tag of its own. */
#include "kernel.h"
static PVOID block, clone, timer_object;
DRIVER_ENTRY {
  (void)registry_path;
  opaque = (ULONG)NdisAllocateMemoryWithTag(&block, 100, TAG('N', 'i', '0', '1'));
  block = NdisAllocateMemoryWithTagPriority(driver, 200, TAG('N', 'i', '0', '2'), 16);
  NdisFreeMemoryWithTag(block, TAG('N', 'i', '0', '3'));
  NdisFreeMemoryWithTagPriority(driver, block, TAG('N', 'i', '0', '4'));
  opaque = (ULONG)NdisAllocateMemory(&block, 300, 0, ~0ULL);
  NBL_POOL lists;
  lists.header.type = 0x80;
  lists.header.size = sizeof lists;
  lists.with_buffer = 1;
  lists.context = 0;
  lists.tag = TAG('N', 'i', '0', '5');
  lists.data = 0;
  NB_POOL buffers = {{0x80, 1, sizeof buffers}, TAG('N', 'i', '0', '6'), 0};
  NDIS_TIMER timer;
  timer.header.type = 0x80;
  timer.header.size = sizeof timer;
  timer.tag = TAG('N', 'i', '1', '0');
  timer.routine = timer.context = 0;
  opaque = NdisAllocateNetBufferListPool(driver, &lists) != 0;
  opaque = NdisAllocateNetBufferPool(driver, &buffers) != 0;
  opaque = (ULONG)NdisAllocateNetBufferListContext(block, 64, 0, TAG('N', 'i', '0', '7'));
  opaque = (ULONG)NdisAllocateCloneOidRequest(driver, block, TAG('N', 'i', '0', '8'), &clone);
  opaque = NdisAllocateGenericObject(driver, TAG('N', 'i', '0', '9'), 16) != 0;
  opaque = (ULONG)NdisAllocateTimerObject(driver, &timer, &timer_object);
  return 0;
}

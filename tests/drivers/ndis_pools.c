/* NDIS takes the tag in a parameter block; the caller builds it on the stack. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)registry_path;
  NBL_POOL lists;
  lists.header.type = 0x80;
  lists.header.revision = 1;
  lists.header.size = sizeof lists;
  lists.protocol = 0;
  lists.with_buffer = 1;
  lists.context = 64;
  lists.tag = TAG('N', 'd', 'L', 'p');
  lists.data = TAG('N', 'd', 'D', 't');
  lists.flags = 0;
  opaque = NdisAllocateNetBufferListPool(driver, &lists) != 0;
  NB_POOL buffers;
  buffers.header.type = 0x80;
  buffers.header.revision = 1;
  buffers.header.size = sizeof buffers;
  buffers.tag = TAG('N', 'd', 'B', 'p');
  buffers.data = 1514;
  opaque = NdisAllocateNetBufferPool(driver, &buffers) != 0;
  NDIS_TIMER timer;
  timer.header.type = 0x80;
  timer.header.revision = 1;
  timer.header.size = sizeof timer;
  timer.tag = TAG('N', 'd', 'T', 'm');
  timer.routine = 0;
  timer.context = driver;
  PVOID object = 0;
  opaque = (ULONG)NdisAllocateTimerObject(driver, &timer, &object);
  return 0;
}

/* A list with an allocate function of its own: the list's tag charges nothing, what that function does counts. */
#include "kernel.h"
static LOOKASIDE own, plain;
KEEP PVOID own_allocate(int type, SIZE_T bytes, ULONG tag, PVOID list) {
  (void)tag; (void)list;
  return ExAllocatePoolWithTag(type, bytes + 16, TAG('L', 'c', 'O', 'w'));
}
KEEP void own_free(PVOID p, PVOID list) {
  (void)list;
  ExFreePoolWithTag(p, TAG('L', 'c', 'O', 'w'));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ExInitializeLookasideListEx(&own, (PVOID)own_allocate, (PVOID)own_free, PagedPool, 0, 128, TAG('L', 'c', 'L', 'i'), 0);
  ExInitializeLookasideListEx(&plain, 0, (PVOID)own_free, PagedPool, 0, 256, TAG('L', 'c', 'P', 'l'), 0);
  return 0;
}

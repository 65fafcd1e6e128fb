/* The import's address is kept in a global and called from there. */
#include "kernel.h"
PVOID (NTAPI* volatile allocate)(int type, SIZE_T bytes, ULONG tag);
void (NTAPI* volatile release)(PVOID p, ULONG tag);
KEEP void work(void) {
  PVOID a = allocate(PagedPool, 56, TAG('I', 'm', 'p', 'P'));
  if (a) release(a, TAG('I', 'm', 'p', 'F'));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  allocate = ExAllocatePoolWithTag;
  release = ExFreePoolWithTag;
  work();
  return 0;
}

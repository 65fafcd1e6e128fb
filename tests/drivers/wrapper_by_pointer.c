/* Nobody calls the wrapper by name: its address is stored in a global and called from there. */
#include "kernel.h"
PVOID (*volatile get_pointer)(ULONG tag, SIZE_T bytes);
KEEP PVOID get(ULONG tag, SIZE_T bytes) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
KEEP void work(void) { opaque = get_pointer(TAG('W', 'b', 'P', 't'), 40) != 0; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  get_pointer = get;
  work();
  return 0;
}

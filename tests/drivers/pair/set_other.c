/* Exports one of the functions of set_host.sys, too. */
#include "../kernel.h"
EXPORT KEEP PVOID SetTwice(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = 2 + (p != 0);
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

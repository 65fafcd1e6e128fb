/* The wrapper is handed to a function which calls it with a tag of its own and with one it was given. */
#include "kernel.h"
typedef PVOID (*GET)(SIZE_T bytes, ULONG tag);
KEEP PVOID get(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
KEEP void twice(GET allocate, ULONG tag) {
  opaque = allocate(16, TAG('W', 'a', 'O', 'w')) != 0;
  opaque = allocate(32, tag) != 0;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  twice(get, TAG('W', 'a', 'G', 'v'));
  return 0;
}

/* The table of functions is filled at run time and called through the global. */
#include "kernel.h"
typedef struct { void (*log)(ULONG code); PVOID (*allocate)(SIZE_T bytes, ULONG tag); } OPS;
volatile OPS ops;
KEEP void note(ULONG code) { opaque = code; }
KEEP PVOID get(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
KEEP void work(void) {
  ops.log(TAG('O', 'r', 'L', 'g'));
  opaque = ops.allocate(96, TAG('O', 'p', 'R', 'u')) != 0;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ops.log = note;
  ops.allocate = get;
  work();
  return 0;
}

/* Implements what others reach through an API set, and itself reaches one of them in turn through another. */
#include "../kernel.h"
IMPORT ULONG SetUserIsReady(PVOID p);
EXPORT KEEP PVOID SetAllocImpl(int type, SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(type, bytes, tag);
  opaque = SetUserIsReady(p);
  return p;
}
EXPORT KEEP ULONG SetIsSupported(void) { return opaque; }
EXPORT KEEP PVOID SetTwice(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

/* Two wrappers that call each other. */
#include "kernel.h"
PVOID ping(SIZE_T bytes, ULONG tag, int left);
NOINLINE PVOID pong(ULONG tag, int left, SIZE_T bytes) {
  opaque = left;
  if (left == 0) return ExAllocatePoolWithTag(PagedPool, bytes, tag);
  PVOID p = ping(bytes, tag, left - 1);
  opaque = p != 0;
  return p;
}
NOINLINE PVOID ping(SIZE_T bytes, ULONG tag, int left) {
  opaque = left + 1;
  PVOID p = pong(tag, left, bytes);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = ping(64, TAG('M', 'u', 't', '1'), opaque);
  opaque = a != 0;
  return 0;
}

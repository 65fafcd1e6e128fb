/* Two wrappers that call each other, and at times take a tag of their own. One is handed a tag that nobody knows, which
   comes to the other one through it: that the other's own caller passes a constant does not mean that all is known. */
#include "kernel.h"
KEEP PVOID second(SIZE_T bytes, ULONG tag, ULONG depth);
KEEP PVOID first(SIZE_T bytes, ULONG tag, ULONG depth) {
  if (depth > 1) opaque = second(bytes + 8, tag, depth - 1) != 0;
  if (bytes > 4096) tag = TAG('O', 'r', 'F', 'i');
  return ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
}
KEEP PVOID second(SIZE_T bytes, ULONG tag, ULONG depth) {
  if (depth > 1) opaque = first(bytes + 16, tag, depth - 1) != 0;
  if (bytes > 2048) tag = TAG('O', 'r', 'S', 'e');
  return ExAllocatePoolWithTag(PagedPool, bytes, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = first(24, KeQueryTimeIncrement(), opaque) != 0;
  opaque = second(32, TAG('O', 'r', 'C', 'a'), opaque) != 0;
  return 0;
}

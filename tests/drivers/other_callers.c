/* A default tag beside one that comes from outside: from whoever imports an exported function, or out of memory that the
   driver did not fill. The default is one of the tags only. Where every caller is known, it is certain. */
#include "kernel.h"
EXPORT PVOID for_importers(ULONG bytes, ULONG tag) {
  if (bytes > 100) tag = TAG('O', 'c', 'E', 'x');
  return ExAllocatePoolWithTag(PagedPool, bytes, tag);
}
KEEP PVOID from_memory(ULONG bytes, const ULONG* tag) {
  ULONG t = bytes > 100 ? TAG('O', 'c', 'M', 'e') : *tag;
  return ExAllocatePoolWithTag(PagedPool, bytes, t);
}
KEEP PVOID all_known(ULONG bytes, ULONG tag) {
  if (bytes > 100) tag = TAG('O', 'c', 'D', 'e');
  return ExAllocatePoolWithTag(PagedPool, bytes, tag);
}
DRIVER_ENTRY {
  (void)registry_path;
  opaque = from_memory(opaque, (const ULONG*)driver) != 0;
  opaque = all_known(opaque, TAG('O', 'c', 'K', 'n')) != 0;
  opaque = all_known(opaque, TAG('O', 'c', 'K', '2')) != 0;
  return 0;
}

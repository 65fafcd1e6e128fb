/* A function writes the tag into a local of its caller. */
#include "kernel.h"
KEEP void choose(ULONG* flags, ULONG* tag) {
  *flags = TAG('O', 'u', 't', 'F');
  *tag = opaque ? TAG('O', 'u', 't', '1') : TAG('O', 'u', 't', '2');
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ULONG tag = 0, flags = 0;
  choose(&flags, &tag);
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, flags >> 8, tag);
  opaque = a != 0;
  return 0;
}

/* A function returns the tag, chosen by a switch; another function returns a printable number that is no tag. */
#include "kernel.h"
KEEP ULONG tag_of(ULONG kind) {
  switch (kind) {
    case 1: return TAG('S', 'w', 'R', '1');
    case 17: return TAG('S', 'w', 'R', '2');
    case 300: return TAG('S', 'w', 'R', '3');
    default: return TAG('S', 'w', 'R', 'd');
  }
}
KEEP ULONG magic_of(ULONG kind) { return kind ? TAG('M', 'a', 'g', '1') : TAG('M', 'a', 'g', '2'); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ULONG tag = tag_of(opaque);
  opaque = magic_of(opaque);
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 80, tag);
  opaque = a != 0;
  return 0;
}

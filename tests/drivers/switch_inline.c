/* A switch picks the tag where it is used. Compilers make branches or a jump table of it; seven cases, one without tag. */
#include "kernel.h"
KEEP PVOID get(ULONG kind) {
  ULONG tag;
  switch (kind) {
    case 0: tag = TAG('S', 'w', 'i', '0'); opaque = 3; break;
    case 1: tag = TAG('S', 'w', 'i', '1'); opaque = 1; break;
    case 2: tag = TAG('S', 'w', 'i', '2'); opaque = 4; break;
    case 3: tag = TAG('S', 'w', 'i', '3'); opaque = 1; opaque = 5; break;
    case 4: tag = TAG('S', 'w', 'i', '4'); opaque = 9; break;
    case 5: tag = TAG('S', 'w', 'i', '5'); opaque = 2; opaque = 6; break;
    default: return 0;
  }
  return ExAllocatePoolWithTag(PagedPool, 80, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = get(opaque);
  opaque = a != 0;
  return 0;
}

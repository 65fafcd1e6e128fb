/* A switch over a number that a mask cuts: the table of the jump ends where the mask says, and eight ways lead to one call. */
#include "kernel.h"
KEEP PVOID by_kind(ULONG kind) {
  ULONG tag;
  switch (kind & 7) {
    case 0: tag = TAG('S', 'm', 'r', '0'); break;
    case 1: opaque = kind; tag = TAG('S', 'm', 'x', '1'); break;
    case 2: tag = TAG('S', 'm', 'l', '2'); break;
    case 3: tag = TAG('S', 'm', 'k', '3'); break;
    case 4: opaque = 3; tag = TAG('S', 'm', 'q', '4'); break;
    case 5: tag = TAG('S', 'm', 'z', '5'); break;
    case 6: tag = TAG('S', 'm', 'h', '6'); break;
    default: tag = TAG('S', 'm', 'a', '7'); break;
  }
  return ExAllocatePoolWithTag(NonPagedPool, 48, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = by_kind(opaque) != 0;
  return 0;
}

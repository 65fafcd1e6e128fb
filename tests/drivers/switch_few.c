/* A switch with a table of jumps over a number of which a mask left few values: the other cases are out of reach. */
#include "kernel.h"
EXPORT PVOID NTAPI two_of_six(ULONG x) {
  const ULONG kind = 2 + (x & 1);
  opaque = kind;
  ULONG tag;
  switch (kind) {
    case 0: opaque = 3; tag = TAG('N', 's', 'f', '0'); break;
    case 1: opaque = 4; tag = TAG('N', 's', 'f', '1'); break;
    case 2: opaque = 5; tag = TAG('T', 's', 'f', '2'); break;
    case 3: opaque = 6; tag = TAG('T', 's', 'f', '3'); break;
    case 4: opaque = 7; tag = TAG('N', 's', 'f', '4'); break;
    case 5: opaque = 8; tag = TAG('N', 's', 'f', '5'); break;
    default: opaque = 9; tag = TAG('N', 's', 'f', 'd'); break;
  }
  return ExAllocatePoolWithTag(PagedPool, 16, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

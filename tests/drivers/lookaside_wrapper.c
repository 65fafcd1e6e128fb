/* A wrapper around the list: tag from the caller, on the stack in the end. */
#include "kernel.h"
static LOOKASIDE lists[2];
KEEP void open_list(LOOKASIDE* list, ULONG tag, SIZE_T bytes) {
  ExInitializeNPagedLookasideList(list, 0, 0, 512, bytes, tag, 0);
  opaque = 1;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  open_list(&lists[0], TAG('L', 'w', 'r', '1'), 64);
  open_list(&lists[1], TAG('L', 'w', 'r', '2'), opaque);
  return 0;
}

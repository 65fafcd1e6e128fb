/* Lookaside lists take the tag as sixth or seventh argument, on the stack. */
#include "kernel.h"
static LOOKASIDE first, second, third;
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ExInitializeNPagedLookasideList(&first, 0, 0, 0, 96, TAG('L', 'o', 'k', '1'), 0);
  ExInitializePagedLookasideList(&second, 0, 0, 0, 128, TAG('L', 'o', 'k', '2'), 0);
  ExInitializeLookasideListEx(&third, 0, 0, PagedPool, 0, 160, TAG('L', 'o', 'k', '3'), 0);
  return 0;
}

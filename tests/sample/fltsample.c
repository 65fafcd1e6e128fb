/* An innocent driver with a lookaside list. */
#include "../drivers/kernel.h"
static LOOKASIDE list;
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ExInitializePagedLookasideList(&list, 0, 0, 0, 256, TAG('F', 'l', 'S', 'm'), 0);
  return 0;
}

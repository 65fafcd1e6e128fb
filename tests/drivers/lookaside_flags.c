/* The flags of an older lookaside list say whether its memory can be executed: 512 (POOL_NX_ALLOCATION) does not. Where
   they are computed, nobody knows; the pool is nonpaged all the same. */
#include "kernel.h"
static LOOKASIDE plain, safe, either, paged;
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ExInitializeNPagedLookasideList(&plain, 0, 0, 16, 96, TAG('L', 'f', 'l', '1'), 0);
  ExInitializeNPagedLookasideList(&safe, 0, 0, 512, 96, TAG('L', 'f', 'l', '2'), 0);
  ExInitializeNPagedLookasideList(&either, 0, 0, opaque, 96, TAG('L', 'f', 'l', '3'), 0);
  ExInitializePagedLookasideList(&paged, 0, 0, 0, 96, TAG('L', 'f', 'l', '4'), 0);
  return 0;
}

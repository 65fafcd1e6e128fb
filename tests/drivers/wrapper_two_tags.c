/* One wrapper, two allocations, a tag for each. */
#include "kernel.h"
KEEP void pair(PVOID* place, ULONG head, ULONG body) {
  place[0] = ExAllocatePoolWithTag(NonPagedPool, 16, head);
  place[1] = ExAllocatePoolWithTag(PagedPool, 4096, body);
}
static PVOID places[2];
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  pair(places, TAG('W', 't', 'H', 'd'), TAG('W', 't', 'B', 'd'));
  opaque = places[0] && places[1];
  return 0;
}

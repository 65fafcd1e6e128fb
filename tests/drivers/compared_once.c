/* One comparison and two branches that look at its flags: `cmp; je; ja`. What the second leaves is bounded, too. */
#include "kernel.h"

static const ULONG tags[] = {TAG('C', 'o', 'n', '0'), TAG('C', 'o', 'n', '1'), TAG('C', 'o', 'n', '2')};
static const ULONG more[] = {TAG('C', 'o', 'n', '3'), TAG('C', 'o', 'n', '4'), TAG('C', 'o', 'n', '5'), 0x00000007};
static volatile ULONG next = 1;

KEEP void around(void) {
  ULONG i = next;
  if (i == 2) {
    next = 0;
  } else {
    next = i + 1;
    if (i > 2) return;
  }
  opaque = ExAllocatePoolWithTag(PagedPool, 16, tags[i]) != 0;
}

KEEP void three_ways(ULONG i) {
  if (i == 3) {
    opaque = 5;
    return;
  }
  if (i > 3) {
    opaque = 6;
    return;
  }
  opaque = ExAllocatePoolWithTag(PagedPool, 24, more[i]) != 0;
}

DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  around();
  three_ways(opaque);
  return 0;
}

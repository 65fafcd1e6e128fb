/* A constant table of tags, the index is checked before. The neighbour is another object. */
#include "kernel.h"
static const ULONG tags[] = {TAG('T', 'b', 'B', '0'), TAG('T', 'b', 'B', '1'), TAG('T', 'b', 'B', '2'), TAG('T', 'b', 'B', '3')};
static const ULONG names[] = {TAG('N', 'a', 'm', '0'), TAG('N', 'a', 'm', '1'), TAG('N', 'a', 'm', '2'), TAG('N', 'a', 'm', '3')};
KEEP PVOID get(ULONG kind) {
  if (kind >= 4) return 0;
  return ExAllocatePoolWithTag(NonPagedPool, 64, tags[kind]);
}
KEEP ULONG name_of(ULONG kind) { return kind < 4 ? names[kind] : 0; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = get(opaque);
  opaque = a ? name_of(opaque) : 0;
  return 0;
}

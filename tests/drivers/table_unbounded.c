/* The same without a check. The next object is read by other code, so the table must end there. gcc may put its own text
   behind the last table, so there a zero ends it. */
#include "kernel.h"
#ifdef __clang__
#define END
#else
#define END , 0
#endif
static const ULONG tags[] = {TAG('T', 'b', 'U', '0'), TAG('T', 'b', 'U', '1'), TAG('T', 'b', 'U', '2'), TAG('T', 'b', 'U', '3') END};
static const ULONG names[] = {TAG('N', 'x', 't', '0'), TAG('N', 'x', 't', '1'), TAG('N', 'x', 't', '2'), TAG('N', 'x', 't', '3') END};
KEEP PVOID get(ULONG kind) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, 64, tags[kind]);
  opaque = p != 0;
  return p;
}
KEEP ULONG name_of(ULONG kind) { return names[kind]; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = get(opaque);
  opaque = a ? name_of(opaque) : 0;
  return 0;
}

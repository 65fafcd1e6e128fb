/* Functions that allocate, called through a table of them: with a bound, and of writable memory that nobody writes to. One
   that no index reaches gets no tag, and one of the second table does something else with it. */
#include "kernel.h"
typedef PVOID (*CALLEE)(ULONG tag);
KEEP PVOID small(ULONG tag) { return ExAllocatePoolWithTag(PagedPool, 16, tag); }
KEEP PVOID large(ULONG tag) { return ExAllocatePoolWithTag(NonPagedPool, 4096, tag); }
KEEP PVOID other(ULONG tag) { opaque = tag; return 0; }
KEEP PVOID never(ULONG tag) { return ExAllocatePoolWithTag(NonPagedPool, 99, tag ^ 0x20202020); }
static const CALLEE callees[] = {small, large, never};
static CALLEE some[] = {other, small};
KEEP PVOID by_index(ULONG i) { return i > 1 ? 0 : callees[i](TAG('T', 'f', 't', '0')); }
KEEP PVOID by_mask(ULONG i) { return some[i & 1](TAG('T', 'f', 't', '1')); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = by_index(opaque) != 0;
  opaque = by_mask(opaque) != 0;
  return 0;
}

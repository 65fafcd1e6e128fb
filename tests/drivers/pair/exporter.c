/* Allocates for others: PoolGet with their tag, PoolGetOwn with its own, PoolMaybe with theirs only for some kinds. */
#include "../kernel.h"
EXPORT KEEP PVOID PoolGet(ULONG kind, SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = kind;
  return p;
}
EXPORT KEEP PVOID PoolGetOwn(SIZE_T bytes, ULONG ignored) {
  opaque = ignored;
  return ExAllocatePoolWithTag(NonPagedPool, bytes, TAG('E', 'x', 'O', 'w'));
}
EXPORT KEEP PVOID PoolMaybe(ULONG kind, SIZE_T bytes, ULONG tag) {
  if (kind != 7) return 0;
  return ExAllocatePoolWithTag(PagedPool, bytes, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

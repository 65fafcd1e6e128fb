/* Has its memory from another driver: the tag reaches an allocator only over there. */
#include "../kernel.h"
IMPORT PVOID PoolGet(ULONG kind, SIZE_T bytes, ULONG tag);
IMPORT PVOID PoolGetOwn(SIZE_T bytes, ULONG ignored);
IMPORT PVOID PoolMaybe(ULONG kind, SIZE_T bytes, ULONG tag);
static KEEP PVOID get(SIZE_T bytes, ULONG tag) {
  PVOID p = PoolGet(1, bytes, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = get(48, TAG('I', 'm', 'W', 'r'));
  PVOID e = get(49, TAG('I', 'm', 'W', '2'));
  PVOID b = PoolGet(2, 80, TAG('I', 'm', 'D', 'i'));
  PVOID c = PoolGetOwn(80, TAG('I', 'm', 'N', 'o'));
  PVOID d = PoolMaybe(3, 80, TAG('I', 'm', 'M', 'b'));
  opaque = a != 0 && e != 0 && b != 0 && c != 0 && d != 0;
  return 0;
}

/* The function pointer and the tag lie in one object, as C++ classes with an allocator have it. */
#include "kernel.h"
typedef struct POOL { PVOID (*allocate)(struct POOL* self, SIZE_T bytes); ULONG tag; } POOL;
KEEP PVOID get(POOL* self, SIZE_T bytes) { return ExAllocatePoolWithTag(PagedPool, bytes, self->tag); }
static POOL pool;
KEEP void open_pool(POOL* self, ULONG tag) {
  self->allocate = get;
  self->tag = tag;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  open_pool(&pool, TAG('O', 'p', 'O', 'b'));
  opaque = pool.allocate(&pool, 64) != 0;
  return 0;
}

/* A pool is an object with a table of functions, one of which allocates: its callers pass the tag. */
#include "kernel.h"
typedef struct POOL POOL;
typedef struct { void (*close)(POOL* self); PVOID (*allocate)(POOL* self, SIZE_T bytes, ULONG tag); } TABLE;
struct POOL { const TABLE* table; ULONG used; };
KEEP void close(POOL* self) { opaque = self->used; }
KEEP PVOID paged(POOL* self, SIZE_T bytes, ULONG tag) { self->used += (ULONG)bytes; return ExAllocatePoolWithTag(PagedPool, bytes, tag); }
KEEP PVOID count(POOL* self, SIZE_T bytes, ULONG tag) { self->used += (ULONG)bytes; opaque = tag; return 0; }
static const TABLE paged_table = {close, paged}, count_table = {close, count};
KEEP PVOID from(POOL* pool) { return pool->table->allocate(pool, 40, TAG('V', 'a', 'P', 'g')); }
KEEP PVOID counted(POOL* pool) { return pool->table->allocate(pool, 40, TAG('V', 'a', 'N', 'o')); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  POOL pool = {&paged_table, 0}, counter = {&count_table, 0};
  opaque = from(&pool) != 0;
  opaque = counted(&counter) != 0;
  return 0;
}

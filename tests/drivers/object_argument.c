/* A static object: one function sets its tag field, another allocates with it; both get the address as argument. */
#include "kernel.h"
typedef struct { ULONG64 count; ULONG kind, tag; PVOID first; } POOL;
static POOL pool;
KEEP void pool_open(POOL* self, ULONG kind) {
  self->count = 0;
  self->kind = kind;
  self->tag = TAG('O', 'b', 'A', 'r');
}
KEEP PVOID pool_get(POOL* self, SIZE_T bytes) {
  self->count++;
  self->first = ExAllocatePoolWithTag(NonPagedPool, bytes, self->tag);
  return self->first;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  pool_open(&pool, TAG('K', 'i', 'n', 'd'));
  opaque = pool_get(&pool, 96) != 0;
  return 0;
}

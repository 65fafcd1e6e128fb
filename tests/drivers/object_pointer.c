/* As object_argument, but the object is reached through a global pointer that only ever points at one static object. */
#include "kernel.h"
typedef struct { ULONG64 count; ULONG kind, tag; } POOL;
static POOL storage;
POOL* volatile current;
KEEP void open_pool(void) {
  current = &storage;
  storage.kind = TAG('K', 'n', 'd', '2');
  storage.tag = TAG('O', 'b', 'P', 't');
}
KEEP PVOID get(SIZE_T bytes) {
  POOL* pool = current;
  pool->count++;
  return ExAllocatePoolWithTag(NonPagedPool, bytes + pool->kind, pool->tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  open_pool();
  opaque = get(96) != 0;
  return 0;
}

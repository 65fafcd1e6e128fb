/* A constant table of functions, called through a pointer to it. */
#include "kernel.h"
typedef struct { void (*log)(ULONG code); PVOID (*allocate)(SIZE_T bytes, ULONG tag); void (*release)(PVOID p, ULONG tag); } OPS;
static void note(ULONG code) { opaque = code; }
static PVOID get(SIZE_T bytes, ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
static void put(PVOID p, ULONG tag) { if (p) ExFreePoolWithTag(p, tag); }
static const OPS pool_ops = {note, get, put};
const OPS* volatile ops = &pool_ops;
KEEP void work(const OPS* table) {
  table->log(TAG('O', 'p', 'L', 'g'));
  PVOID p = table->allocate(96, TAG('O', 'p', 'C', 'o'));
  table->release(p, TAG('O', 'p', 'F', 'r'));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  work(&pool_ops);
  opaque = ops != 0;
  return 0;
}

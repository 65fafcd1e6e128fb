/* A table of functions is filled in on the stack and passed to the function that calls through it. */
#include "kernel.h"
typedef PVOID (NTAPI *ALLOCATE)(ULONG pool, SIZE_T bytes, ULONG tag);
typedef struct { ALLOCATE allocate; ULONG header; } OPERATIONS;
KEEP PVOID through(const OPERATIONS *operations, SIZE_T bytes) {
  return operations->allocate(PagedPool, bytes + operations->header, TAG('O', 'p', 'P', 'a'));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  OPERATIONS operations;
  operations.allocate = (ALLOCATE)ExAllocatePoolWithTag;
  operations.header = opaque;
  opaque = through(&operations, 40) != 0;
  return 0;
}

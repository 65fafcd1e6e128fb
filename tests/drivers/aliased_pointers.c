/* What a function stored behind its argument may be overwritten by another name: a second argument, a pointer that was
   read from somewhere, an index that walks there. */
#include "kernel.h"
typedef struct REQUEST { struct REQUEST *next; ULONG values[4]; volatile ULONG tag; } REQUEST;
REQUEST first;
KEEP PVOID by_argument(REQUEST *request, REQUEST *other) {
  request->tag = TAG('A', 'l', 'A', 'r');
  other->tag = opaque;
  return ExAllocatePoolWithTag(PagedPool, 24, request->tag);
}
KEEP PVOID by_link(REQUEST *request) {
  request->tag = TAG('A', 'l', 'L', 'i');
  request->next->tag = opaque;
  return ExAllocatePoolWithTag(PagedPool, 32, request->tag);
}
KEEP PVOID by_index(REQUEST *request, ULONG count) {
  request->tag = TAG('A', 'l', 'I', 'x');
  for (ULONG i = 0; i < count; ++i) *(volatile ULONG *)&request->values[i] = opaque;
  return ExAllocatePoolWithTag(PagedPool, 40, request->tag);
}
KEEP PVOID by_itself(REQUEST *request) {
  request->tag = TAG('A', 'l', 'X', '1');
  request->values[0] = opaque;
  request->tag = TAG('A', 'l', 'S', 'f');
  return ExAllocatePoolWithTag(PagedPool, 48, request->tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  first.next = &first;
  by_argument(&first, &first);
  by_link(&first);
  by_index(&first, opaque);
  by_itself(&first);
  return 0;
}

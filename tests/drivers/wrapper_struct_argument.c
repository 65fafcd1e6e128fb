/* The wrapper takes the tag in a field of a structure behind a pointer. */
#include "kernel.h"
typedef struct { SIZE_T bytes; ULONG kind, tag; } REQUEST;
KEEP PVOID get(const REQUEST* request) {
  if (request->kind == 0) return 0;
  return ExAllocatePoolWithTag(NonPagedPool, request->bytes, request->tag);
}
static const REQUEST fixed = {32, TAG('W', 's', 'K', 'c'), TAG('W', 's', 'C', 'o')};
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  REQUEST request;
  request.bytes = 64;
  request.kind = TAG('W', 's', 'K', 's');
  request.tag = TAG('W', 's', 'S', 't');
  PVOID a = get(&request);
  PVOID b = get(&fixed);
  opaque = a && b;
  return 0;
}

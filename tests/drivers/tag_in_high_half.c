/* A structure of eight bytes is passed in one register on 64-bit machines: the tag is its high half. It goes
   through one function and through two. */
#include "kernel.h"
typedef struct { ULONG kind, tag; } REQUEST;
KEEP PVOID inner(REQUEST request, SIZE_T bytes) {
  opaque = request.kind;
  return ExAllocatePoolWithTag(PagedPool, bytes, request.tag);
}
KEEP PVOID outer(REQUEST request) {
  opaque = opaque + 1;
  return inner(request, 40);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  const REQUEST fixed = {5, TAG('H', 'i', 'C', 'o')};
  const REQUEST other = {6, TAG('H', 'i', 'I', 'n')};
  PVOID a = outer(fixed);
  PVOID b = inner(other, 48);
  opaque = a && b;
  return 0;
}

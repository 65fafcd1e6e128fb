/* Wrappers take the tag from a structure, but not as it was passed: one overwrites the field itself, one has a callee do
   that, one keeps the pointer where somebody else finds it. */
#include "kernel.h"
typedef struct { ULONG bytes, tag; } REQUEST;
REQUEST *volatile kept;
KEEP void normalise(REQUEST *request) {
  request->tag = TAG('F', 'o', 'C', 'a');
  KeQueryTimeIncrement();
}
KEEP void somebody(void) {
  kept->tag = opaque;
  KeQueryTimeIncrement();
}
KEEP PVOID overwrites(REQUEST *request) {
  request->tag = TAG('F', 'o', 'O', 'w');
  KeQueryTimeIncrement();
  return ExAllocatePoolWithTag(PagedPool, request->bytes, request->tag);
}
KEEP PVOID callee_overwrites(REQUEST *request) {
  normalise(request);
  return ExAllocatePoolWithTag(PagedPool, request->bytes, request->tag);
}
KEEP PVOID keeps(REQUEST *request) {
  kept = request;
  somebody();
  return ExAllocatePoolWithTag(PagedPool, request->bytes, request->tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  volatile REQUEST a, b, c;
  a.bytes = b.bytes = c.bytes = 24;
  a.tag = TAG('F', 'o', 'X', '1');
  b.tag = TAG('F', 'o', 'X', '2');
  c.tag = TAG('F', 'o', 'K', 'p');
  overwrites((REQUEST *)&a);
  callee_overwrites((REQUEST *)&b);
  keeps((REQUEST *)&c);
  return 0;
}

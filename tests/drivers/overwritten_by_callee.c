/* A callee fills in a local of its caller: always, on some paths only, on every path with another tag,
   or by one of two names for it. */
#include "kernel.h"
KEEP void always(ULONG *tag) {
  *tag = TAG('O', 'c', 'A', 'l');
  KeQueryTimeIncrement();
}
KEEP void sometimes(ULONG *tag) {
  if (opaque) *tag = TAG('O', 'c', 'S', 'o');
  KeQueryTimeIncrement();
}
KEEP void either(ULONG *tag) {
  if (opaque) {
    *tag = TAG('O', 'c', 'E', '1');
    KeQueryTimeIncrement();
  } else {
    KeQueryTimeIncrement();
    *tag = TAG('O', 'c', 'E', '2');
  }
}
KEEP void twice(ULONG *tag) {
  *tag = TAG('O', 'c', 'T', '1');
  KeQueryTimeIncrement();
  *(volatile ULONG *)tag = TAG('O', 'c', 'T', '2');
}
KEEP void one_of_two(ULONG *first, ULONG *second) {
  if (opaque) {
    *first = TAG('O', 'c', 'P', '1');
    KeQueryTimeIncrement();
  } else {
    KeQueryTimeIncrement();
    *second = TAG('O', 'c', 'P', '2');
  }
}
KEEP void fills_always(void) {
  volatile ULONG tag = TAG('O', 'c', 'X', '1');
  always((ULONG *)&tag);
  ExAllocatePoolWithTag(PagedPool, 24, tag);
}
KEEP void fills_sometimes(void) {
  volatile ULONG tag = TAG('O', 'c', 'O', 'l');
  sometimes((ULONG *)&tag);
  ExAllocatePoolWithTag(PagedPool, 32, tag);
}
KEEP void fills_either(void) {
  ULONG tag;
  either(&tag);
  ExAllocatePoolWithTag(PagedPool, 40, tag);
}
KEEP void fills_twice(void) {
  volatile ULONG tag = TAG('O', 'c', 'X', '2');
  twice((ULONG *)&tag);
  ExAllocatePoolWithTag(PagedPool, 48, tag);
}
KEEP void fills_one_place_by_two_names(void) {
  volatile ULONG tag = TAG('O', 'c', 'P', '0');
  one_of_two((ULONG *)&tag, (ULONG *)&tag);
  ExAllocatePoolWithTag(PagedPool, 56, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  fills_always();
  fills_sometimes();
  fills_either();
  fills_twice();
  fills_one_place_by_two_names();
  return 0;
}

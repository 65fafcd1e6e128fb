/* The address of an argument goes to somebody who may change it. On x86, and for the tenth argument everywhere, it
   stands on the stack and nothing ever stored it there. */
#include "kernel.h"
KEEP void change(ULONG *tag) {
  *tag = opaque;
  KeQueryTimeIncrement();
}
void (*volatile changer)(ULONG *tag) = change;
KEEP PVOID wrapper(ULONG a, ULONG b, ULONG c, ULONG d, ULONG e, ULONG f, ULONG g, ULONG h, ULONG i, ULONG tag) {
  changer(&tag);
  return ExAllocatePoolWithTag(PagedPool, a + b + c + d + e + f + g + h + i, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  wrapper(1, 2, 3, 4, 5, 6, 7, 8, 9, TAG('A', 'r', 'A', 'd'));
  return 0;
}

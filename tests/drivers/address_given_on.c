/* Locals that others may change although their address does not stand in an argument: it lies in a table whose address
   does, it goes on from the callee to its own callee, or it was stored where a pointer is read from later. */
#include "kernel.h"
typedef struct { PVOID routine; ULONG *value; } QUERY;
ULONG *volatile kept;
KEEP void query(QUERY *table) {
  *table->value = opaque;
  KeQueryTimeIncrement();
}
KEEP void change(ULONG *tag) {
  *tag = opaque;
  KeQueryTimeIncrement();
}
KEEP void fill(ULONG *tag) {
  *tag = TAG('A', 'g', 'F', 'i');
  change(tag);
}
KEEP void in_table(void) {
  struct { volatile ULONG tag; ULONG space[40]; volatile QUERY table[2]; } all;
  all.table[0].routine = 0;
  all.table[0].value = (ULONG *)&all.tag;
  all.tag = TAG('A', 'g', 'T', 'a');
  query((QUERY *)all.table);
  ExAllocatePoolWithTag(PagedPool, 24, all.tag);
}
KEEP void filled(void) {
  ULONG tag;
  fill(&tag);
  ExAllocatePoolWithTag(PagedPool, 24, tag);
}
KEEP void stored(void) {
  volatile ULONG tag = TAG('A', 'g', 'S', 't');
  kept = (ULONG *)&tag;
  *kept = opaque;
  ExAllocatePoolWithTag(PagedPool, 24, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  in_table();
  filled();
  stored();
  return 0;
}

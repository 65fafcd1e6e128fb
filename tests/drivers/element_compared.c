/* A member of a row was compared before the tag of the same row is read: rows that this rules out are assumptions. */
#include "kernel.h"
static const struct { ULONG size, tag; } rows[4] = {{8, TAG('T', 'e', 'a', '0')}, {0, TAG('X', 'e', 'a', '1')}, {16, TAG('T', 'e', 'a', '2')}, {24, TAG('T', 'e', 'a', '3')}};
EXPORT PVOID NTAPI used_rows(ULONG x) {
  if (x >= 4 || rows[x].size == 0) return 0;
  return ExAllocatePoolWithTag(PagedPool, rows[x].size, rows[x].tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

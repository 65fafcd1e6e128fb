/* A member of a row decides whether its tag is used: by index or by a pointer that walks over the rows, by equality, by
   order, by the row being found. Rows that are left out allocate nothing. So do cases of a callee that no value passed
   here leads to. */
#include "kernel.h"
typedef struct { const char *name; ULONG member, tag; } ROW;
typedef struct { ULONG a, member, tag; } SHORT_ROW;
static const ROW by_index[] = {{"a", 1, TAG('T', 'r', 'a', '0')}, {"b", 0, TAG('N', 'r', 'a', '1')}, {"c", 1, TAG('T', 'r', 'a', '2')}};
static KEEP void indexed(SIZE_T n) {
  for (ULONG i = 0; i < 3; i++) if (by_index[i].member) ExAllocatePoolWithTag(PagedPool, n, by_index[i].tag);
}
static const ROW by_pointer[] = {{"a", 1, TAG('T', 'r', 'b', '0')}, {"b", 0, TAG('N', 'r', 'b', '1')}, {"c", 1, TAG('T', 'r', 'b', '2')}};
static KEEP void walked(SIZE_T n) {
  for (const ROW *row = by_pointer; row < by_pointer + 3; row++) if (row->member) ExAllocatePoolWithTag(PagedPool, n, row->tag);
}
static const ROW equal[] = {{"a", 1, TAG('N', 'r', 'c', '0')}, {"b", 2, TAG('T', 'r', 'c', '1')}, {"c", 3, TAG('N', 'r', 'c', '2')}, {"d", 2, TAG('T', 'r', 'c', '3')}};
static KEEP void walked_equal(SIZE_T n) {
  for (const ROW *row = equal; row < equal + 4; row++) if (row->member == 2) ExAllocatePoolWithTag(PagedPool, n, row->tag);
}
static const ROW ordered[] = {{"a", 1, TAG('N', 'r', 'd', '0')}, {"b", 2, TAG('N', 'r', 'd', '1')}, {"c", 3, TAG('T', 'r', 'd', '2')}, {"d", 4, TAG('T', 'r', 'd', '3')}};
static KEEP void indexed_ordered(SIZE_T n) {
  for (ULONG i = 0; i < 4; i++) {
    if (ordered[i].member <= 2) continue;
    ExAllocatePoolWithTag(PagedPool, n, ordered[i].tag);
  }
}
static const SHORT_ROW one_of_them[] = {{0, 1, TAG('T', 'r', 'e', '0')}, {0, 0, TAG('N', 'r', 'e', '1')}, {0, 1, TAG('T', 'r', 'e', '2')}};
static KEEP void one(ULONG x, SIZE_T n) {
  if (x >= 3 || one_of_them[x].member == 0) return;
  ExAllocatePoolWithTag(PagedPool, n, one_of_them[x].tag);
}
static KEEP ULONG pick(ULONG x) {
  KeQueryTimeIncrement();
  switch (x) {
    case 0: return TAG('N', 'r', 'f', '0');
    case 1: return TAG('T', 'r', 'f', '1');
    case 2: return TAG('T', 'r', 'f', '2');
    default: return TAG('N', 'r', 'f', '3');
  }
}
static KEEP void picked(ULONG x, SIZE_T n) { ExAllocatePoolWithTag(PagedPool, n, pick((x & 1) + 1)); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  indexed(24);
  walked(32);
  walked_equal(40);
  indexed_ordered(48);
  one(opaque, 56);
  picked(opaque, 64);
  return 0;
}

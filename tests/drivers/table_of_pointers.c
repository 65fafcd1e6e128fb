/* Tables of pointers to what holds the tag: with a bound in a mask, behind one more pointer, in rows of a structure, and without a
   bound, where the next object ends it. Names beside the tags, and rows that no index reaches, are none. */
#include "kernel.h"
typedef struct { ULONG name, tag; } ENTRY;
static const ENTRY first = {TAG('N', 'p', 't', '0'), TAG('T', 'p', 't', '0')}, second = {TAG('N', 'p', 't', '1'), TAG('T', 'p', 't', '1')};
static const ENTRY third = {TAG('N', 'p', 't', '2'), TAG('T', 'p', 't', '2')}, never = {TAG('N', 'p', 't', '3'), TAG('N', 'p', 't', '4')};
static const ENTRY* const entries[] = {&first, &second, &third, &second, &never};
typedef struct { ULONG kind; const ENTRY* entry; } ROW;
static const ENTRY deep0 = {0, TAG('T', 'p', 'd', '0')}, deep1 = {1, TAG('T', 'p', 'd', '1')};
static const ROW row0 = {TAG('N', 'p', 'd', '0'), &deep0}, row1 = {TAG('N', 'p', 'd', '1'), &deep1};
static const ROW* const rows[] = {&row0, &row1};
static const ENTRY kind0 = {0, TAG('T', 'p', 'r', '0')}, kind1 = {1, TAG('T', 'p', 'r', '1')}, kind2 = {2, TAG('N', 'p', 'r', '2')};
static const ROW kinds[] = {{1, &kind0}, {2, &kind1}, {3, &kind2}};
static const ENTRY open0 = {0, TAG('T', 'p', 'o', '0')}, open1 = {1, TAG('T', 'p', 'o', '1')};
static const ENTRY* const open[] = {&open0, &open1, 0};
KEEP PVOID by_mask(ULONG i) { return ExAllocatePoolWithTag(PagedPool, 16, entries[i & 3]->tag); }
KEEP PVOID by_two(ULONG i) { return ExAllocatePoolWithTag(PagedPool, 24, rows[i & 1]->entry->tag); }
KEEP PVOID in_rows(ULONG i) { return i >= 2 ? 0 : ExAllocatePoolWithTag(PagedPool, 32, kinds[i].entry->tag); }
KEEP PVOID by_index(ULONG i) { return ExAllocatePoolWithTag(PagedPool, 40, open[i]->tag); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = by_mask(opaque) != 0;
  opaque = by_two(opaque) != 0;
  opaque = in_rows(opaque) != 0;
  opaque = by_index(opaque) != 0;
  return 0;
}

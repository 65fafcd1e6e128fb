/* Tags that stand far behind the address which is given away: at the end of a large structure, and in a large array that
   is filled in a loop. And a global whose writer takes the address of the structure while its reader does not. */
#include "kernel.h"
typedef struct { ULONG numbers[100], tag; } LARGE;
typedef struct { ULONG count, tag; } ENTRY;
typedef struct { ULONG a, b, c, tag; } SMALL;
static LARGE large = {{1}, TAG('L', 'g', 'O', 'l')};
static ENTRY entries[100] = {[0] = {5, 6}, [90] = {1, TAG('L', 'g', 'E', 'o')}};
static SMALL small = {1, 2, 3, TAG('L', 'g', 'S', 'o')};
KEEP void fill(LARGE* l, ULONG by) {
  for (int i = 0; i < 100; i++) l->numbers[i] += by;
  l->tag = TAG('L', 'g', 'N', 'w');
}
KEEP void fill_entries(ULONG from, ULONG to) {
  for (; from < to; from++) entries[from].tag = TAG('L', 'g', 'E', 'n');
}
KEEP void fill_small(ULONG by) {
  SMALL* s = &small;
  __asm__ volatile("" : "+r"(s));
  s->a = by;
  s->tag = TAG('L', 'g', 'S', 'n');
}
KEEP PVOID of_large(void) { return ExAllocatePoolWithTag(PagedPool, 40, large.tag); }
KEEP PVOID of_entry(void) { return ExAllocatePoolWithTag(PagedPool, 41, entries[90].tag); }
KEEP PVOID of_small(void) { return ExAllocatePoolWithTag(PagedPool, 42, small.tag); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  fill(&large, opaque);
  fill_entries(opaque, 100);
  fill_small(opaque);
  opaque = of_large() != 0;
  opaque = of_entry() != 0;
  opaque = of_small() != 0;
  return 0;
}

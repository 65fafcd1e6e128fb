/* Rows of 12, 20 and 24 bytes with a name beside the tag. Indexes that are scaled by such numbers find the tags and not
   the names. */
#include "kernel.h"
typedef struct { ULONG tag; char name[8]; } SHORT_ROW;
typedef struct { char name[4]; ULONG tag; char more[12]; } LONG_ROW;
typedef struct { ULONG tag; char name[20]; } LONGER_ROW;
static const SHORT_ROW short_rows[] = {{TAG('R', 'w', 'A', '0'), "NmA0_ab"}, {TAG('R', 'w', 'A', '1'), "NmA1_ab"},
                                       {TAG('R', 'w', 'A', '2'), "NmA2_ab"}, {0, ""}};
static const LONG_ROW long_rows[] = {{{'N', 'm', 'B', '0'}, TAG('R', 'w', 'B', '0'), "NmBx_abcdef"},
                                     {{'N', 'm', 'B', '1'}, TAG('R', 'w', 'B', '1'), "NmBy_abcdef"},
                                     {{'N', 'm', 'B', '2'}, TAG('R', 'w', 'B', '2'), "NmBz_abcdef"},
                                     {{0}, 0, ""}};
static const LONGER_ROW longer_rows[] = {{TAG('R', 'w', 'C', '0'), "NmC0NmC1NmC2NmC3abc"},
                                         {TAG('R', 'w', 'C', '1'), "NmC4NmC5NmC6NmC7abc"},
                                         {TAG('R', 'w', 'C', '2'), "NmC8NmC9NmCaNmCbabc"},
                                         {0, ""}};
KEEP PVOID by_short(ULONG i) { return ExAllocatePoolWithTag(PagedPool, 24, short_rows[i].tag); }
KEEP PVOID by_long(ULONG i) { return ExAllocatePoolWithTag(PagedPool, 32, long_rows[i].tag); }
KEEP PVOID by_longer(ULONG i) { return ExAllocatePoolWithTag(PagedPool, 40, longer_rows[i].tag); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = by_short(opaque) != 0;
  opaque = by_long(opaque) != 0;
  opaque = by_longer(opaque) != 0;
  return 0;
}

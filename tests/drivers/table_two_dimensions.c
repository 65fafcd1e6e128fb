/* Tables of which two indices choose an element: rows that are filled, rows of which a part is reached, rows with names around
   the tags, three dimensions. What no pair of indices reaches is not accused. */
#include "kernel.h"
static const ULONG grid[3][3] = {{TAG('T', 't', '0', '0'), TAG('T', 't', '0', '1'), TAG('T', 't', '0', '2')},
                                 {TAG('T', 't', '1', '0'), TAG('T', 't', '1', '1'), TAG('T', 't', '1', '2')},
                                 {TAG('T', 't', '2', '0'), TAG('T', 't', '2', '1'), TAG('T', 't', '2', '2')}};
static const ULONG part[3][5] = {{TAG('T', 'u', '0', '0'), TAG('T', 'u', '0', '1'), TAG('N', 'u', '0', '2'), 1, 2},
                                 {TAG('T', 'u', '1', '0'), TAG('T', 'u', '1', '1'), TAG('N', 'u', '1', '2'), 1, TAG('N', 'u', '1', '4')},
                                 {TAG('N', 'u', '2', '0'), TAG('N', 'u', '2', '1'), TAG('N', 'u', '2', '2'), 1, 2}};
static const struct { ULONG kind, tags[2], name; } rows[5] = {
    {TAG('N', 'v', '0', 'k'), {TAG('T', 'v', '0', '0'), TAG('T', 'v', '0', '1')}, TAG('N', 'v', '0', 'n')},
    {TAG('N', 'v', '1', 'k'), {TAG('T', 'v', '1', '0'), TAG('T', 'v', '1', '1')}, TAG('N', 'v', '1', 'n')},
    {TAG('N', 'v', '2', 'k'), {TAG('T', 'v', '2', '0'), TAG('T', 'v', '2', '1')}, TAG('N', 'v', '2', 'n')}};
static const ULONG cube[2][2][2] = {{{TAG('T', 'w', '0', '0'), TAG('T', 'w', '0', '1')}, {TAG('T', 'w', '0', '2'), TAG('T', 'w', '0', '3')}},
                                    {{TAG('T', 'w', '1', '0'), TAG('T', 'w', '1', '1')}, {TAG('T', 'w', '1', '2'), TAG('T', 'w', '1', '3')}}};
KEEP PVOID filled(ULONG i, ULONG k) { return ExAllocatePoolWithTag(PagedPool, 16, grid[i % 3][k % 3]); }
KEEP PVOID reached(ULONG i, ULONG k) { return ExAllocatePoolWithTag(PagedPool, 24, part[k & 1][i & 1]); }
KEEP PVOID in_rows(ULONG i, ULONG k) { return ExAllocatePoolWithTag(PagedPool, 32, rows[k % 3].tags[i & 1]); }
KEEP PVOID in_cube(ULONG i, ULONG k, ULONG m) { return ExAllocatePoolWithTag(PagedPool, 40, cube[k & 1][i & 1][m & 1]); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = filled(opaque, opaque) != 0;
  opaque = reached(opaque, opaque) != 0;
  opaque = in_rows(opaque, opaque) != 0;
  opaque = in_cube(opaque, opaque, opaque) != 0;
  return 0;
}

/* A table of {name, size, tag} walked in a loop; the other columns are printable too. */
#include "kernel.h"
typedef struct { ULONG name, size, tag; } KIND;
static const KIND kinds[] = {
    {TAG('N', 'm', 'A', 'a'), 32, TAG('T', 'w', 'A', 'a')},  {TAG('N', 'm', 'B', 'b'), 64, TAG('T', 'w', 'B', 'b')},
    {TAG('N', 'm', 'C', 'c'), 128, TAG('T', 'w', 'C', 'c')}, {TAG('N', 'm', 'D', 'd'), 256, TAG('T', 'w', 'D', 'd')},
    {TAG('N', 'm', 'E', 'e'), 512, TAG('T', 'w', 'E', 'e')},
};
static PVOID blocks[5];
volatile ULONG shown;
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  for (ULONG i = 0; i < 5; ++i) {
    blocks[i] = ExAllocatePoolWithTag(NonPagedPool, kinds[i].size, kinds[i].tag);
    if (!blocks[i]) break;
    shown = kinds[i].name;
  }
  opaque = blocks[4] != 0;
  return 0;
}

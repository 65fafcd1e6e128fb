/* Imports from a module by its name; that one reaches the allocator through an API set only. */
#include "../kernel.h"
IMPORT PVOID SetUserAlloc(SIZE_T bytes, ULONG tag);
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = SetUserAlloc(96, TAG('S', 'c', 'A', 'l')) != 0;
  return 0;
}

/* One function does many things: only code 0 allocates. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)registry_path;
  PVOID p = 0;
  opaque = StorPortExtendedFunction(0, driver, (ULONG)640, TAG('S', 'p', 'A', 'l'), &p);
  opaque = StorPortExtendedFunction(1, driver, p, TAG('S', 'p', 'F', 'r'));
  opaque = StorPortExtendedFunction(5, driver, TAG('S', 'p', 'X', '2'), TAG('S', 'p', 'X', '3'), &p);
  opaque = StorPortExtendedFunction(5, driver, (ULONG)16, TAG('S', 'p', 'X', '5'), &p);
  return 0;
}

/* Functions that return tags stand in a table: one is called by a fixed index, others by one that is not known; the last is
   beyond it. A pointer that only a caller passes is called, too. */
#include "kernel.h"
typedef ULONG (*GETTER)(ULONG of);
KEEP ULONG fixed(ULONG of) { opaque = of; return TAG('T', 'g', 'F', 'x'); }
KEEP ULONG even(ULONG of) { opaque = of; return TAG('T', 'g', 'E', 'v'); }
KEEP ULONG odd(ULONG of) { opaque = of; return TAG('T', 'g', 'O', 'd'); }
KEEP ULONG beyond(ULONG of) { opaque = of; return TAG('T', 'g', 'B', 'e'); }
KEEP ULONG passed(ULONG of) { opaque = of; return TAG('T', 'g', 'P', 'a'); }
static const GETTER getters[] = {even, odd, beyond};
static GETTER only = fixed;
static const GETTER* volatile kept_table = getters;
KEEP void by_mask(ULONG i) { opaque = ExAllocatePoolWithTag(PagedPool, 16, getters[i & 1](i)) != 0; }
KEEP void by_pointer(GETTER get) { opaque = ExAllocatePoolWithTag(PagedPool, 32, get(opaque)) != 0; }
KEEP void by_global(void) { opaque = ExAllocatePoolWithTag(PagedPool, 64, only(opaque)) != 0; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  by_mask(opaque);
  by_pointer(passed);
  by_global();
  opaque = kept_table != 0;
  if (opaque == 77) only = 0;
  return 0;
}

/* An initial value, and another one stored on some path. */
#include "kernel.h"
volatile ULONG driver_tag = TAG('G', 'l', 'S', 'i');
KEEP void rename_tag(void) { driver_tag = TAG('G', 'l', 'S', 't'); }
KEEP PVOID grow(SIZE_T bytes) { return ExAllocatePoolWithTag(NonPagedPool, bytes, driver_tag); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = grow(48);
  if (opaque) rename_tag();
  PVOID b = grow(96);
  opaque = a && b;
  return 0;
}

/* A writable global that starts as a tag and that nobody writes: its bytes in .data are its value. */
#include "kernel.h"
volatile ULONG driver_tag = TAG('G', 'l', 'I', 'n');
KEEP PVOID grow(SIZE_T bytes) { return ExAllocatePoolWithTag(PagedPool, bytes, driver_tag); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = grow(48);
  opaque = a != 0;
  return 0;
}

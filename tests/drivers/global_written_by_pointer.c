/* The only writer stores through a pointer to the global that it got as argument. */
#include "kernel.h"
volatile ULONG driver_tag, other;
KEEP void put(volatile ULONG* place, ULONG value) { *place = value; }
KEEP PVOID grow(SIZE_T bytes) { return ExAllocatePoolWithTag(NonPagedPool, bytes, driver_tag); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  put(&driver_tag, TAG('G', 'l', 'P', 't'));
  put(&other, TAG('N', 'o', 'P', 't'));
  PVOID a = grow(other);
  opaque = a != 0;
  return 0;
}

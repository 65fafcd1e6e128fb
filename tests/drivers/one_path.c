/* On one path the tag is a constant, on the other it comes from outside and nobody is known to call. */
#include "kernel.h"
extern volatile ULONG outside;
volatile ULONG outside;
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ULONG tag = TAG('O', 'n', 'e', 'P');
  if (opaque) tag = KeQueryTimeIncrement();
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 32, tag);
  opaque = a != 0;
  return 0;
}

/* Two constants that are no tags; their exclusive or is one. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  volatile ULONG hidden = TAG('X', 'o', 'r', 'K') ^ 0x5A6B7C0Du;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 24, hidden ^ 0x5A6B7C0Du);
  opaque = a != 0;
  return 0;
}

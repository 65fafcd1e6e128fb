/* A function hands its argument back, and the result is the tag. */
#include "kernel.h"
KEEP ULONG checked(ULONG value) {
  opaque = value >> 24;
  return value;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 24, checked(TAG('R', 't', 'A', 'r')));
  opaque = a != 0;
  opaque = checked(TAG('R', 't', 'N', 'o'));
  return 0;
}

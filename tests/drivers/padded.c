/* Short tags are padded with blanks or NULs, and old drivers set bit 31. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('I', 'o', ' ', ' '));
  PVOID b = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('I', 'C', 'E', 0));
  PVOID c = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('P', 'r', 't', 'd') | 0x80000000u);
  opaque = a && b && c;
  return 0;
}

/* A tag that is only freed with, and one in a reference call: neither is an allocation. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)registry_path;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 20, TAG('A', 'l', 'o', 'c'));
  if (a) ExFreePoolWithTag(a, TAG('F', 'r', 'e', 'e'));
  ExFreePoolWithTag((PVOID)driver, 0);
  ObReferenceObjectByPointerWithTag(driver, 0, 0, 0, TAG('R', 'e', 'f', 'r'));
  PVOID m = MmAllocateMappingAddress(4096, TAG('M', 'a', 'p', 'p'));
  opaque = m != 0;
  return 0;
}

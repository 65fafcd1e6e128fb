/* The plain case: a constant in the call, with constant pool type and size. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 1024, TAG('D', 'r', 'c', '1'));
  PVOID b = ExAllocatePoolWithTag(PagedPool, 48, TAG('D', 'r', 'c', '2'));
  PVOID c = ExAllocatePoolWithTag(NonPagedPoolNx, opaque, TAG('D', 'r', 'c', '3'));
  opaque = a && b && c;
  return 0;
}

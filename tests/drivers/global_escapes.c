/* The address of the global is given to the kernel, which may write it: the value in the file is an assumption. */
#include "kernel.h"
ULONG driver_tag = TAG('G', 'l', 'E', 's');
KEEP PVOID grow(SIZE_T bytes) { return ExAllocatePoolWithTag(NonPagedPool, bytes, driver_tag); }
DRIVER_ENTRY {
  (void)driver;
  RtlUnicodeStringToInteger(registry_path, 16, &driver_tag);
  PVOID a = grow(opaque);
  opaque = a != 0;
  return 0;
}

/* A function with a code: only code 0 allocates, and with code 1 the argument is a number that happens to be printable. */
#include "kernel.h"
KEEP ULONG shim(ULONG code, PVOID* p, ULONG bytes, ULONG value) {
  if (code == 0) {
    *p = ExAllocatePoolWithTag(NonPagedPool, bytes, value);
    return *p == 0;
  }
  opaque = value;
  return code;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID p = 0;
  opaque = shim(0, &p, 16, TAG('D', 'd', 'C', '0'));
  opaque = shim(1, &p, 16, TAG('D', 'd', 'C', '1'));
  return 0;
}

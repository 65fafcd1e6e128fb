/* The header's inline function, kept as a function; another wrapper passes the code on, once as 0 and once as something else. */
#include "kernel.h"
KEEP ULONG pool_get(PVOID extension, ULONG bytes, ULONG tag, PVOID* p) {
  ULONG status = StorPortExtendedFunction(0, extension, bytes, tag, p);
  opaque = status;
  return status;
}
KEEP ULONG any(ULONG code, PVOID extension, ULONG a, ULONG b, PVOID* p) {
  ULONG status = StorPortExtendedFunction(code, extension, a, b, p);
  opaque = status;
  return status;
}
DRIVER_ENTRY {
  (void)registry_path;
  PVOID p = 0;
  opaque = pool_get(driver, 80, TAG('S', 'w', 'G', 't'), &p);
  opaque = any(0, driver, 96, TAG('S', 'w', 'C', '0'), &p);
  opaque = any(9, driver, 96, TAG('S', 'w', 'C', '9'), &p);
  return 0;
}

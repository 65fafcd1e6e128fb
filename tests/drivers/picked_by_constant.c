/* What a function returns depends on its argument, and the caller passes a number that it compared the argument with. */
#include "kernel.h"
KEEP ULONG picked(ULONG kind) {
  if (kind == 5) return TAG('T', 'p', 'b', '5');
  if (kind == 9) return TAG('N', 'p', 'b', '9');
  return TAG('N', 'p', 'b', 'x');
}
EXPORT PVOID NTAPI of_five(ULONG kind) {
  if (kind != 5) return 0;
  opaque = 1;
  return ExAllocatePoolWithTag(PagedPool, 16, picked(kind));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

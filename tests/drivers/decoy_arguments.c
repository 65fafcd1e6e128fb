/* Printable numbers as size, pool type, priority and as argument of functions that have no tag. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = ExAllocatePoolWithTag(NonPagedPool, TAG('D', 'a', 'S', 'z'), TAG('D', 'a', 'O', '1')) != 0;
  opaque = ExAllocatePoolWithTag((int)TAG('D', 'a', 'T', 'y'), 16, TAG('D', 'a', 'O', '2')) != 0;
  opaque = ExAllocatePoolWithTagPriority(PagedPool, 16, TAG('D', 'a', 'O', '3'), (int)TAG('D', 'a', 'P', 'r')) != 0;
  opaque = ExAllocatePool(NonPagedPool, TAG('D', 'a', 'N', 'o')) != 0;
  if (opaque == 9) KeBugCheckEx(TAG('D', 'a', 'B', 'c'), TAG('D', 'a', 'B', '1'), 0, 0, 0);
  return 0;
}

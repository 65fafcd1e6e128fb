/* Innocent, though the four bytes stand in it: in a text, and in a number that is only compared with. */
#include "../drivers/kernel.h"
static const char message[] = "Memory Leak detector: nothing to report";
const volatile char* volatile shown;
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  shown = message;
  PVOID p = ExAllocatePoolWithTag(PagedPool, sizeof message, TAG('D', 'c', 'o', 'y'));
  opaque = p != 0;
  return 0;
}

/* A const global is its bytes. */
#include "kernel.h"
const volatile ULONG driver_tag = TAG('C', 'n', 's', 't');
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 88, driver_tag);
  opaque = a != 0;
  return 0;
}

/* A global without initial value, set once at start and used in a function that only a pointer reaches. */
#include "kernel.h"
ULONG driver_tag;
PVOID kept;
KEEP void process_started(PVOID parent, PVOID process, UCHAR create) {
  (void)parent; (void)process;
  if (create) kept = ExAllocatePoolWithTag(NonPagedPool, 72, driver_tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  driver_tag = TAG('G', 'l', 'O', 'n');
  return PsSetCreateProcessNotifyRoutine((PVOID)process_started, 0);
}

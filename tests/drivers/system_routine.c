/* ExAllocatePool2 is looked up by name; systems without it get ExAllocatePoolWithTag. */
#include "kernel.h"
typedef PVOID (NTAPI *ALLOCATE2)(ULONG64 flags, SIZE_T bytes, ULONG tag);
static volatile ALLOCATE2 allocate2;
KEEP void find_routines(void) {
  UNICODE_STRING name;
  RtlInitUnicodeString(&name, (const unsigned short*)L"ExAllocatePool2");
  allocate2 = (ALLOCATE2)MmGetSystemRoutineAddress(&name);
}
KEEP PVOID get(SIZE_T bytes) {
  ALLOCATE2 routine = allocate2;
  if (routine) return routine(POOL_FLAG_NON_PAGED, bytes, TAG('S', 'y', 'R', '2'));
  return ExAllocatePoolWithTag(NonPagedPool, bytes, TAG('S', 'y', 'R', '1'));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  find_routines();
  PVOID a = get(112);
  opaque = a != 0;
  return 0;
}

/* Looked up and called in one function, with a name that is initialised statically; another name is no allocator. */
#include "kernel.h"
typedef PVOID (NTAPI *ALLOCATE)(int type, SIZE_T bytes, ULONG tag);
static const unsigned short allocate_name[] = L"ExAllocatePoolWithTag", other_name[] = L"ZwQuerySystemTime";
static UNICODE_STRING allocate_string = {sizeof allocate_name - 2, sizeof allocate_name, allocate_name};
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  UNICODE_STRING other_string;
  RtlInitUnicodeString(&other_string, other_name);
  ALLOCATE other = (ALLOCATE)MmGetSystemRoutineAddress(&other_string);
  if (other) opaque = other(0, 0, TAG('S', 'y', 'N', 'o')) != 0;
  ALLOCATE allocate = (ALLOCATE)MmGetSystemRoutineAddress(&allocate_string);
  if (allocate) opaque = allocate(NonPagedPool, 40, TAG('S', 'y', 'L', 'o')) != 0;
  return 0;
}

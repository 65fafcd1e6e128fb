/* Names of functions to look up that are not what the linker put there: the string is pointed elsewhere at run time, or its
   length says that less (or nothing more than a part) of the text counts. */
#include "kernel.h"
typedef PVOID (NTAPI *ALLOCATE)(int type, SIZE_T bytes, ULONG tag);
static UNICODE_STRING changed = {42, 44, L"ExAllocatePoolWithTag"};
static UNICODE_STRING part = {42, 60, L"ExAllocatePoolWithTagPriority"};
static UNICODE_STRING cut = {26, 44, L"ExAllocatePoolWithTag"};
KEEP void change(void) { changed.Buffer = L"RtlSomethingElseThere"; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  if (opaque) change();
  ALLOCATE one = (ALLOCATE)MmGetSystemRoutineAddress(&changed);
  if (one) opaque = one(NonPagedPool, 40, TAG('S', 'c', 'C', 'h')) != 0;
  ALLOCATE two = (ALLOCATE)MmGetSystemRoutineAddress(&part);
  if (two) opaque = two(NonPagedPool, 40, TAG('S', 'c', 'P', 'a')) != 0;
  ALLOCATE three = (ALLOCATE)MmGetSystemRoutineAddress(&cut);
  if (three) opaque = three(NonPagedPool, 40, TAG('S', 'c', 'C', 'u')) != 0;
  return 0;
}

/* The import's address is an argument of a function of the driver, and a local of another. */
#include "kernel.h"
typedef PVOID (NTAPI *ALLOCATE)(int type, SIZE_T bytes, ULONG tag);
KEEP PVOID with(ALLOCATE allocate, SIZE_T bytes, ULONG tag) {
  PVOID p = allocate(NonPagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  ALLOCATE volatile chosen = opaque ? ExAllocatePoolWithTag : ExAllocatePoolWithQuotaTag;
  PVOID a = chosen(PagedPool, 40, TAG('I', 'm', 'L', 'o'));
  PVOID b = with(ExAllocatePoolWithTag, 88, TAG('I', 'm', 'A', 'r'));
  opaque = a && b;
  return 0;
}

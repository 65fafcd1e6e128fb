/* The kernel exports the allocators and calls them itself, without any import. */
#define IMPORT __declspec(dllexport)
#include "../kernel.h"
volatile ULONG opaque;
KEEP PVOID NTAPI ExAllocatePoolWithTag(int type, SIZE_T bytes, ULONG tag) {
  opaque = (ULONG)type + tag;
  return (PVOID)(ULONG_PTR)bytes;
}
KEEP PVOID NTAPI ExAllocatePoolWithTagPriority(int type, SIZE_T bytes, ULONG tag, int priority) {
  PVOID p = ExAllocatePoolWithTag(type, bytes, tag);
  opaque = (ULONG)priority + (p != 0);
  return p;
}
static KEEP PVOID named(ULONG tag) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, 96, tag);
  opaque = p != 0;
  return p;
}
NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* driver, UNICODE_STRING* registry_path) {
  (void)driver; (void)registry_path;
  PVOID a = named(TAG('K', 'n', 'W', 'r'));
  PVOID b = ExAllocatePoolWithTag(NonPagedPool, 32, TAG('K', 'n', 'D', 'i'));
  PVOID c = ExAllocatePoolWithTagPriority(PagedPool, 40, TAG('K', 'n', 'P', 'r'), 16);
  opaque = a != 0 && b != 0 && c != 0;
  return 0;
}

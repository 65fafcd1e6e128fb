/* Who frees what the driver allocates: memory that an exported function returns, or one that others call by pointer, and
   what is left in an IRP's IoStatus.Information, goes to other drivers. What is kept, or left in another field, does not. */
#include "kernel.h"
typedef struct {
  UCHAR before[sizeof(PVOID) == 8 ? 0x38 : 0x1C];
  ULONG_PTR information;
  PVOID other;
} IRP;
static PVOID volatile kept;
static IRP request;
KEEP NTSTATUS answer(PVOID device, IRP* irp) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, 64, TAG('H', 'o', 'u', 'I'));
  kept = device;
  if (!p) return -1;
  irp->information = (ULONG_PTR)p;
  return 0;
}
KEEP NTSTATUS leave(PVOID device, IRP* irp) {
  kept = device;
  irp->other = ExAllocatePoolWithTag(PagedPool, 64, TAG('H', 'o', 'u', 'L'));
  return 0;
}
EXPORT PVOID HandOut(SIZE_T bytes) { return ExAllocatePoolWithTag(PagedPool, bytes, TAG('H', 'o', 'u', 'E')); }
KEEP PVOID by_pointer(SIZE_T bytes) {
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, TAG('H', 'o', 'u', 'P'));
  if (!p) return 0;
  opaque = 1;
  return p;
}
DRIVER_ENTRY {
  (void)registry_path;
  answer(driver, &request);
  leave(driver, &request);
  kept = (PVOID)by_pointer;
  kept = ExAllocatePoolWithTag(PagedPool, 32, TAG('H', 'o', 'u', 'K'));
  return 0;
}

/* Every listed function of the kernel, each with a tag of its own. */
#include "kernel.h"
static LOOKASIDE a, b, c, d;
static PVOID handle, block;
static SIZE_T bytes;
DRIVER_ENTRY {
  (void)registry_path;
  opaque = ExAllocatePoolWithTag(PagedPool, 16, TAG('K', 'r', '0', '1')) != 0;
  opaque = ExAllocatePoolWithQuotaTag(PagedPool, 16, TAG('K', 'r', '0', '2')) != 0;
  opaque = ExAllocatePoolWithTagPriority(PagedPool, 16, TAG('K', 'r', '0', '3'), 16) != 0;
  opaque = ExAllocatePool2(POOL_FLAG_PAGED, 16, TAG('K', 'r', '0', '4')) != 0;
  opaque = ExAllocatePool3(POOL_FLAG_PAGED, 16, TAG('K', 'r', '0', '5'), 0, 0) != 0;
  opaque = ExAllocatePool(PagedPool, 24) != 0;
  opaque = ExAllocatePoolWithQuota(NonPagedPool, 32) != 0;
  opaque = (ULONG)ExCreatePool(1, TAG('K', 'r', '0', '6'), 0, &handle);
  opaque = (ULONG)ExSecurePoolUpdate(handle, TAG('K', 'r', '0', '7'), block, 1, 0, 8, block);
  opaque = ExSecurePoolValidate(handle, TAG('K', 'r', '0', '8'), block, 1);
  ExFreePoolWithTag(block, TAG('K', 'r', '0', '9'));
  ExFreePool2(block, TAG('K', 'r', '1', '0'), 0, 0);
  ExFreePool(block);
  ExInitializeNPagedLookasideList(&a, 0, 0, 0, 96, TAG('K', 'r', '1', '1'), 0);
  ExInitializePagedLookasideList(&b, 0, 0, 0, 96, TAG('K', 'r', '1', '2'), 0);
  ExInitializeLookasideListEx(&c, 0, 0, NonPagedPool, 0, 96, TAG('K', 'r', '1', '3'), 0);
  FsRtlInitExtraCreateParameterLookasideList(&d, 0, 96, TAG('K', 'r', '1', '4'));
  opaque = FsRtlAllocatePoolWithTag(PagedPool, 16, TAG('K', 'r', '1', '5')) != 0;
  opaque = FsRtlAllocatePoolWithQuotaTag(PagedPool, 16, TAG('K', 'r', '1', '6')) != 0;
  opaque = FsRtlAllocatePool(PagedPool, 40) != 0;
  opaque = FsRtlAllocatePoolWithQuota(NonPagedPool, 48) != 0;
  opaque = (ULONG)FsRtlAllocateExtraCreateParameter(&handle, 56, 0, 0, TAG('K', 'r', '1', '7'), &block);
  opaque = FsRtlAllocateAePushLock(PagedPool, TAG('K', 'r', '1', '8')) != 0;
  opaque = (ULONG)MmAllocateContiguousMemoryEx(&bytes, 0, ~0ULL, 0, 1, 4, 0, TAG('K', 'r', '1', '9'), 0, &block);
  opaque = MmAllocateMappingAddress(4096, TAG('K', 'r', '2', '0')) != 0;
  opaque = MmAllocateMappingAddressEx(4096, TAG('K', 'r', '2', '1'), 0) != 0;
  MmFreeMappingAddress(block, TAG('K', 'r', '2', '2'));
  opaque = MmMapLockedPagesWithReservedMapping(block, TAG('K', 'r', '2', '3'), handle, 1) != 0;
  MmUnmapReservedMapping(block, TAG('K', 'r', '2', '4'), handle);
  opaque = ExAllocateCacheAwareRundownProtection(PagedPool, TAG('K', 'r', '2', '5')) != 0;
  IoInitializeRemoveLockEx(&a, TAG('K', 'r', '2', '6'), 0, 0, 32);
  opaque = (ULONG)ObReferenceObjectByHandleWithTag(handle, 0, 0, 0, TAG('K', 'r', '2', '7'), &block, 0);
  ObReferenceObjectByPointerWithTag(driver, 0, 0, 0, TAG('K', 'r', '2', '8'));
  opaque = (ULONG)ObfReferenceObjectWithTag(driver, TAG('K', 'r', '2', '9'));
  opaque = (ULONG)ObfDereferenceObjectWithTag(driver, TAG('K', 'r', '3', '0'));
  ObDereferenceObjectDeferDeleteWithTag(driver, TAG('K', 'r', '3', '1'));
  opaque = (ULONG)ObOpenObjectByPointerWithTag(driver, 0, 0, 0, 0, 0, TAG('K', 'r', '3', '2'), &handle);
  return 0;
}

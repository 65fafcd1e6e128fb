/* The allocators of win32kbase.sys and those behind its API set, each with a tag of its own. No header declares them:
   which argument is the tag is known from calls of public images, the rest of what is passed here is made up. */
#include "kernel.h"
IMPORT PVOID NTAPI Win32AllocPool(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolZInit(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolNonPaged(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolNonPagedZInit(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolWithQuota(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolWithQuotaZInit(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolWithPriority(int type, SIZE_T bytes, ULONG tag, int priority);
IMPORT PVOID NTAPI Win32AllocPoolWithPriorityZInit(ULONG64 flags, SIZE_T bytes, ULONG tag, int priority);
IMPORT PVOID NTAPI AllocThreadBufferWithTag(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolImpl(int type, SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolWithQuotaImpl(int type, SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI Win32AllocPoolWithPriorityImpl(int type, SIZE_T bytes, ULONG tag, int priority);
IMPORT PVOID NTAPI Win32UAFMAllocPoolWithPriorityImpl(int type, SIZE_T bytes, ULONG tag, int priority, ULONG more);
IMPORT PVOID NTAPI Win32UAFMAllocPoolImpl(int type, SIZE_T bytes, ULONG tag, ULONG more);
IMPORT PVOID NTAPI Win32UAFMAllocPoolWithQuotaImpl(int type, SIZE_T bytes, ULONG tag, ULONG more);
DRIVER_ENTRY {
  (void)driver, (void)registry_path;
  opaque = Win32AllocPool(64, TAG('W', 'k', '0', '1')) != 0;
  opaque = Win32AllocPoolZInit(72, TAG('W', 'k', '0', '2')) != 0;
  opaque = Win32AllocPoolNonPaged(80, TAG('W', 'k', '0', '3')) != 0;
  opaque = Win32AllocPoolNonPagedZInit(88, TAG('W', 'k', '0', '4')) != 0;
  opaque = Win32AllocPoolWithQuota(96, TAG('W', 'k', '0', '5')) != 0;
  opaque = Win32AllocPoolWithQuotaZInit(104, TAG('W', 'k', '0', '6')) != 0;
  opaque = Win32AllocPoolWithPriority(PagedPool | 0x20, 112, TAG('W', 'k', '0', '7'), 16) != 0;
  opaque = Win32AllocPoolWithPriorityZInit(0x104, 120, TAG('W', 'k', '0', '8'), 16) != 0;
  opaque = AllocThreadBufferWithTag(128, TAG('W', 'k', '0', '9')) != 0;
  opaque = Win32AllocPoolImpl(PagedPool | 0x20, 136, TAG('W', 'k', '1', '0')) != 0;
  opaque = Win32AllocPoolWithQuotaImpl(PagedPool, 144, TAG('W', 'k', '1', '1')) != 0;
  opaque = Win32UAFMAllocPoolImpl(NonPagedPoolNx, 152, TAG('W', 'k', '1', '2'), 0) != 0;
  opaque = Win32UAFMAllocPoolWithQuotaImpl(PagedPool, 160, TAG('W', 'k', '1', '3'), 0) != 0;
  opaque = Win32AllocPoolWithPriorityImpl(PagedPool, 168, TAG('W', 'k', '1', '4'), 16) != 0;
  opaque = Win32UAFMAllocPoolWithPriorityImpl(NonPagedPoolNx, 176, TAG('W', 'k', '1', '5'), 16, 0) != 0;
  return 0;
}

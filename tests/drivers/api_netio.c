/* Functions of netio.sys that make pools and blocks under a tag. No header declares them: which argument is the tag is
   known from calls of public images, the rest of what is passed here is made up. */
#include "kernel.h"
IMPORT PVOID NTAPI FsbCreatePool(SIZE_T bytes, PVOID context, ULONG tag);
IMPORT PVOID NTAPI NetioAllocateNetBufferListNetBufferMdlAndDataPool(PVOID handle, ULONG flags, ULONG tag, ULONG a, ULONG b);
IMPORT PVOID NTAPI NetioAllocateNetBufferMdlAndDataPool(PVOID handle, ULONG tag, ULONG bytes);
IMPORT PVOID NTAPI NetioAllocateAndInitializeStackBlock(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI NetioAllocateOpaquePerProcessorContext(SIZE_T bytes, ULONG flags, ULONG tag);
IMPORT void NTAPI NetioFreeStackBlock(PVOID block, ULONG tag);
DRIVER_ENTRY {
  (void)registry_path;
  opaque = FsbCreatePool(64, driver, TAG('N', 'o', '0', '1')) != 0;
  opaque = NetioAllocateNetBufferListNetBufferMdlAndDataPool(driver, 0, TAG('N', 'o', '0', '2'), 8, 16) != 0;
  opaque = NetioAllocateNetBufferMdlAndDataPool(driver, TAG('N', 'o', '0', '3'), 32) != 0;
  opaque = NetioAllocateAndInitializeStackBlock(72, TAG('N', 'o', '0', '4')) != 0;
  opaque = NetioAllocateOpaquePerProcessorContext(80, 1, TAG('N', 'o', '0', '5')) != 0;
  NetioFreeStackBlock(driver, TAG('N', 'o', '0', '6'));
  return 0;
}

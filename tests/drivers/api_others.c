/* The listed functions of modules that have one or a few, each with a tag of its own. */
#include "kernel.h"
static PVOID block;
DRIVER_ENTRY {
  (void)registry_path;
  opaque = StorPortExtendedFunction(0, driver, (ULONG)128, TAG('O', 't', '0', '1'), &block);
  opaque = VideoPortAllocatePool(driver, PagedPool, 192, TAG('O', 't', '0', '2')) != 0;
  opaque = EngAllocMem(1, 256, TAG('O', 't', '0', '3')) != 0;
  opaque = EngAllocUserMem(320, TAG('O', 't', '0', '4')) != 0;
  opaque = EngAllocPrivateUserMem(driver, 384, TAG('O', 't', '0', '5')) != 0;
  opaque = (ULONG)_KsEdit(driver, &block, 448, 40, TAG('O', 't', '0', '6'));
  opaque = (ULONG)USBD_ValidateConfigurationDescriptor(driver, 64, 1, &block, TAG('O', 't', '0', '7'));
  opaque = UcxEndpointGetStaticStreamsReferenced(driver, (PVOID)(ULONG_PTR)TAG('O', 't', '0', '8')) != 0;
  return 0;
}

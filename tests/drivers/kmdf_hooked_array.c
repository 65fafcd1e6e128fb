/* The driver puts a function of its own into KMDF's table in the image. */
#include "kernel.h"
static PVOID volatile functions[WDF_FUNCTIONS];
static PVOID globals;
static WDF_BIND_INFO bind_info = {sizeof bind_info, (const unsigned short*)L"KmdfLibrary", 1, 9, 0, WDF_FUNCTIONS, (PVOID)functions, 0};
static NTSTATUS own_create(PVOID table, PVOID attributes, ULONG pool, ULONG tag, SIZE_T size, PVOID* handle, PVOID* buffer) {
  (void)table, (void)attributes, (void)pool, (void)size, (void)handle, (void)buffer;
  opaque = tag;
  return 0;
}
KEEP void tamper(void) {
  functions[WDF_MEMORY_CREATE] = (PVOID)own_create;
}
DRIVER_ENTRY {
  NTSTATUS status = WdfVersionBind(driver, registry_path, &bind_info, &globals);
  if (status < 0) return status;
  if (opaque != 0) tamper();
  PVOID handle = 0, buffer = 0;
  return ((WDF_MEMORY_CREATE_FN)functions[WDF_MEMORY_CREATE])(globals, 0, PagedPool, TAG('K', 'h', 'M', 'e'), 200, &handle, &buffer);
}

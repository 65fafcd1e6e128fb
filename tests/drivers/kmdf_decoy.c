/* Another function of the framework's table, and the same index in a table which the framework never filled. */
#include "kernel.h"
PVOID* functions;
PVOID* strangers;
PVOID globals;
static WDF_BIND_INFO bind_info = {sizeof bind_info, (const unsigned short*)L"KmdfLibrary", 1, 15, 0, WDF_FUNCTIONS, (PVOID)&functions, 0};
DRIVER_ENTRY {
  NTSTATUS status = WdfVersionBind(driver, registry_path, &bind_info, &globals);
  if (status < 0) return status;
  PVOID handle = 0, buffer = 0;
  strangers = (PVOID*)driver;
  opaque = (ULONG)((WDF_MEMORY_CREATE_FN)functions[WDF_MEMORY_CREATE_PREALLOCATED])(globals, 0, PagedPool, TAG('K', 'd', 'P', 'r'), 64, &handle, &buffer);
  opaque = (ULONG)((WDF_MEMORY_CREATE_FN)strangers[WDF_MEMORY_CREATE])(globals, 0, PagedPool, TAG('K', 'd', 'S', 't'), 64, &handle, &buffer);
  WDF_DRIVER_CONFIG config;
  config.size = sizeof config;
  config.device_add = 0;
  config.unload = 0;
  config.init_flags = TAG('K', 'd', 'F', 'l');
  config.tag = 0;
  opaque = (ULONG)((WDF_DRIVER_CREATE_FN)functions[WDF_DRIVER_CREATE])(globals, driver, registry_path, 0, &config, &handle);
  opaque = (ULONG)((WDF_MEMORY_CREATE_FN)functions[WDF_MEMORY_CREATE])(globals, 0, PagedPool, TAG('K', 'd', 'M', 'e'), 64, &handle, &buffer);
  return 0;
}

/* KMDF from 1.15: the loader fills a pointer to its array; calls load the pointer first. */
#include "kernel.h"
static PVOID* volatile functions;
static PVOID globals;
static WDF_BIND_INFO bind_info = {sizeof bind_info, (const unsigned short*)L"KmdfLibrary", 1, 15, 0, WDF_FUNCTIONS, (PVOID)&functions, 0};
KEEP void create_objects(PVOID* handle, PVOID* buffer) {
  NTSTATUS status = ((WDF_MEMORY_CREATE_FN)functions[WDF_MEMORY_CREATE])(globals, 0, NonPagedPoolNx, TAG('K', 'p', 'M', 'e'), 200, handle, buffer);
  opaque = (ULONG)status;
  status = ((WDF_LOOKASIDE_LIST_CREATE_FN)functions[WDF_LOOKASIDE_LIST_CREATE])(globals, 0, 96, PagedPool, 0, TAG('K', 'p', 'L', 'o'), handle);
  opaque = (ULONG)status;
}
DRIVER_ENTRY {
  NTSTATUS status = WdfVersionBind(driver, registry_path, &bind_info, &globals);
  if (status < 0) return status;
  WDF_DRIVER_CONFIG config;
  config.size = sizeof config;
  config.device_add = 0;
  config.unload = 0;
  config.init_flags = 0;
  config.tag = TAG('K', 'p', 'D', 'r');
  PVOID handle = 0, buffer = 0;
  status = ((WDF_DRIVER_CREATE_FN)functions[WDF_DRIVER_CREATE])(globals, driver, registry_path, 0, &config, &handle);
  create_objects(&handle, &buffer);
  return status;
}

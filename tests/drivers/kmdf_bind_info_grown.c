/* KMDF from 1.25: the structure that binds the framework has more fields behind the ones that were always there. */
#include "kernel.h"
static PVOID* volatile functions;
static PVOID globals;
static UCHAR higher;
static ULONG count;
static struct {
  WDF_BIND_INFO old;
  PVOID higher, count;
  ULONG structures, reserved;
  PVOID rest[2];
} bind_info = {{sizeof bind_info, (const unsigned short*)L"KmdfLibrary", 1, 33, 0, 458, (PVOID)&functions, 0}, &higher, &count, 26, 0, {0, 0}};
DRIVER_ENTRY {
  NTSTATUS status = WdfVersionBind(driver, registry_path, &bind_info.old, &globals);
  if (status < 0) return status;
  WDF_DRIVER_CONFIG config;
  config.size = sizeof config;
  config.device_add = 0;
  config.unload = 0;
  config.init_flags = 0;
  config.tag = TAG('K', 'g', 'D', 'r');
  PVOID handle = 0, buffer = 0;
  status = ((WDF_DRIVER_CREATE_FN)functions[WDF_DRIVER_CREATE])(globals, driver, registry_path, 0, &config, &handle);
  opaque = (ULONG)status;
  return ((WDF_MEMORY_CREATE_FN)functions[WDF_MEMORY_CREATE])(globals, 0, NonPagedPoolNx, TAG('K', 'g', 'M', 'e'), 200, &handle, &buffer);
}

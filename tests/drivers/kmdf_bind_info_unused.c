/* Two structures name the framework: the one that is handed to it counts. */
#include "kernel.h"
static PVOID* volatile old_functions;
static PVOID* volatile functions;
static PVOID globals;
static WDF_BIND_INFO unused = {sizeof unused, (const unsigned short*)L"KmdfLibrary", 1, 15, 0, WDF_FUNCTIONS, (PVOID)&old_functions, 0};
static WDF_BIND_INFO bind_info = {sizeof bind_info, (const unsigned short*)L"KmdfLibrary", 1, 15, 0, WDF_FUNCTIONS, (PVOID)&functions, 0};
DRIVER_ENTRY {
  NTSTATUS status = WdfVersionBind(driver, registry_path, &bind_info, &globals);
  if (status < 0) return status;
  opaque = unused.major;
  PVOID handle = 0, buffer = 0;
  opaque = (ULONG)((WDF_MEMORY_CREATE_FN)old_functions[WDF_MEMORY_CREATE])(globals, 0, PagedPool, TAG('K', 'u', 'O', 'l'), 64, &handle, &buffer);
  return ((WDF_MEMORY_CREATE_FN)functions[WDF_MEMORY_CREATE])(globals, 0, PagedPool, TAG('K', 'u', 'M', 'e'), 200, &handle, &buffer);
}

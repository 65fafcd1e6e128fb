/* The framework's macros are inline functions which debug builds keep as functions of their own, with the tag as argument. */
#include "kernel.h"
PVOID* functions;
PVOID globals;
static WDF_BIND_INFO bind_info = {sizeof bind_info, (const unsigned short*)L"KmdfLibrary", 1, 31, 0, WDF_FUNCTIONS, (PVOID)&functions, 0};
KEEP NTSTATUS memory_create(PVOID attributes, int type, ULONG tag, SIZE_T bytes, PVOID* handle, PVOID* buffer) {
  return ((WDF_MEMORY_CREATE_FN)functions[WDF_MEMORY_CREATE])(globals, attributes, type, tag, bytes, handle, buffer);
}
DRIVER_ENTRY {
  NTSTATUS status = WdfVersionBind(driver, registry_path, &bind_info, &globals);
  if (status < 0) return status;
  PVOID handle = 0, buffer = 0;
  status = memory_create(0, PagedPool, TAG('K', 'w', 'M', '1'), 64, &handle, &buffer);
  if (status >= 0) status = memory_create(0, PagedPool, TAG('K', 'w', 'M', '2'), opaque, &handle, &buffer);
  return status;
}

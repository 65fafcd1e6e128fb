/* Structures that look like the one which binds the framework, but for the count of functions, the component, the major
   version and the place of the table: none leads to a table, so that no call is one of the framework. */
#include "kernel.h"
static PVOID* volatile functions;
static PVOID globals;
static WDF_BIND_INFO no_count = {sizeof no_count, (const unsigned short*)L"KmdfLibrary", 1, 15, 0, 0x20000000, (PVOID)&functions, 0};
static WDF_BIND_INFO few = {sizeof few, (const unsigned short*)L"KmdfLibrary", 1, 15, 0, 3, (PVOID)&functions, 0};
static WDF_BIND_INFO other = {sizeof other, (const unsigned short*)L"KmdfLibraries", 1, 15, 0, WDF_FUNCTIONS, (PVOID)&functions, 0};
static WDF_BIND_INFO major = {sizeof major, (const unsigned short*)L"KmdfLibrary", 2, 15, 0, WDF_FUNCTIONS, (PVOID)&functions, 0};
static WDF_BIND_INFO nowhere = {sizeof nowhere, (const unsigned short*)L"KmdfLibrary", 1, 15, 0, WDF_FUNCTIONS, (PVOID)64, 0};
DRIVER_ENTRY {
  NTSTATUS status = WdfVersionBind(driver, registry_path, &no_count, &globals);
  if (status < 0) status = WdfVersionBind(driver, registry_path, &few, &globals);
  if (status < 0) status = WdfVersionBind(driver, registry_path, &other, &globals);
  if (status < 0) status = WdfVersionBind(driver, registry_path, &major, &globals);
  if (status < 0) status = WdfVersionBind(driver, registry_path, &nowhere, &globals);
  if (status < 0) return status;
  PVOID handle = 0, buffer = 0;
  return ((WDF_MEMORY_CREATE_FN)functions[WDF_MEMORY_CREATE])(globals, 0, PagedPool, TAG('K', 'b', 'M', 'e'), 200, &handle, &buffer);
}

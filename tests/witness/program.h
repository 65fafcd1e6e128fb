/* What each generated program begins with, in C and in C++. */
#ifdef __cplusplus
extern "C" {
#define ROUTINE extern "C" EXPORT void NTAPI
#define ENTRY extern "C" NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* driver, UNICODE_STRING* registry_path)
#else
#define ROUTINE EXPORT void NTAPI
#define ENTRY NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* driver, UNICODE_STRING* registry_path)
#endif
#include "kernel.h"
volatile ULONG opaque;
static PVOID volatile kept;
KEEP void keep(PVOID p) { kept = p; opaque = p != 0; }
#ifdef __cplusplus
}
#endif

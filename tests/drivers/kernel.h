/* The few kernel declarations that the test drivers need, written for them: names, argument order and widths are those of
   the public driver kit, nothing else is. Builds with clang (--target=*-windows-msvc) and mingw gcc. */
#pragma once

typedef unsigned char UCHAR;
typedef unsigned short USHORT, WCHAR_T;
typedef unsigned int ULONG;
typedef int LONG, NTSTATUS;
typedef unsigned long long ULONG64;
typedef void* PVOID;
#ifdef _WIN64
typedef unsigned long long SIZE_T, ULONG_PTR;
#else
typedef unsigned int SIZE_T, ULONG_PTR;
#endif

#if defined(__i386__)
#define NTAPI __attribute__((stdcall))
#define FASTCALL __attribute__((fastcall))
#define CDECL __attribute__((cdecl))
#else
#define NTAPI
#define FASTCALL
#define CDECL
#endif
#define IMPORT __declspec(dllimport)
#define NOINLINE __attribute__((noinline))

/* A tag as poolmon shows it: TAG('L','e','a','k') is 'Leak'. */
#define TAG(a, b, c, d) ((ULONG)(a) | (ULONG)(b) << 8 | (ULONG)(c) << 16 | (ULONG)(d) << 24)

enum { NonPagedPool = 0, PagedPool = 1, NonPagedPoolNx = 512 };
#define POOL_FLAG_NON_PAGED 0x40ULL
#define POOL_FLAG_PAGED 0x100ULL

typedef struct { USHORT Length, MaximumLength; const unsigned short* Buffer; } UNICODE_STRING;
typedef struct { ULONG64 opaque[16]; } LOOKASIDE;

IMPORT PVOID NTAPI ExAllocatePool(int type, SIZE_T bytes);
IMPORT PVOID NTAPI ExAllocatePoolWithTag(int type, SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI ExAllocatePoolWithQuotaTag(int type, SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI ExAllocatePoolWithTagPriority(int type, SIZE_T bytes, ULONG tag, int priority);
IMPORT PVOID NTAPI ExAllocatePool2(ULONG64 flags, SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI ExAllocatePool3(ULONG64 flags, SIZE_T bytes, ULONG tag, PVOID parameters, ULONG count);
IMPORT void NTAPI ExFreePool(PVOID p);
IMPORT void NTAPI ExFreePoolWithTag(PVOID p, ULONG tag);
IMPORT void NTAPI ExInitializeNPagedLookasideList(PVOID list, PVOID allocate, PVOID free, ULONG flags, SIZE_T size, ULONG tag, USHORT depth);
IMPORT void NTAPI ExInitializePagedLookasideList(PVOID list, PVOID allocate, PVOID free, ULONG flags, SIZE_T size, ULONG tag, USHORT depth);
IMPORT NTSTATUS NTAPI ExInitializeLookasideListEx(PVOID list, PVOID allocate, PVOID free, int type, ULONG flags, SIZE_T size, ULONG tag, USHORT depth);
IMPORT PVOID NTAPI MmGetSystemRoutineAddress(UNICODE_STRING* name);
IMPORT void NTAPI RtlInitUnicodeString(UNICODE_STRING* string, const unsigned short* text);
IMPORT void NTAPI ObReferenceObjectByPointerWithTag(PVOID object, ULONG access, PVOID type, int mode, ULONG tag);
IMPORT PVOID NTAPI MmAllocateMappingAddress(SIZE_T bytes, ULONG tag);
IMPORT void NTAPI IoInitializeRemoveLockEx(PVOID lock, ULONG tag, ULONG minutes, ULONG high, ULONG size);
IMPORT void NTAPI KeBugCheckEx(ULONG code, ULONG_PTR a, ULONG_PTR b, ULONG_PTR c, ULONG_PTR d);
IMPORT ULONG NTAPI KeQueryTimeIncrement(void);

/* Something the optimiser cannot see through. */
extern volatile ULONG opaque;

typedef struct DRIVER_OBJECT DRIVER_OBJECT;
NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* driver, UNICODE_STRING* registry_path);
#define DRIVER_ENTRY                                     \
  volatile ULONG opaque;                                 \
  NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* driver, UNICODE_STRING* registry_path)

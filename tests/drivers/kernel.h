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
#ifndef IMPORT /* the kernel itself defines what others import */
#define IMPORT __declspec(dllimport)
#endif
#define NOINLINE __attribute__((noinline))
/* Keeps a function a function: called with every argument, whatever the compiler knows about its only caller. */
#ifdef __clang__
#define KEEP __attribute__((noinline))
#else
#define KEEP __attribute__((noinline, noipa))
#endif
#define EXPORT __declspec(dllexport)

/* A tag as poolmon shows it: TAG('L','e','a','k') is 'Leak'. */
#define TAG(a, b, c, d) ((ULONG)(a) | (ULONG)(b) << 8 | (ULONG)(c) << 16 | (ULONG)(d) << 24)

enum { NonPagedPool = 0, PagedPool = 1, NonPagedPoolNx = 512 };
#define POOL_FLAG_NON_PAGED 0x40ULL
#define POOL_FLAG_PAGED 0x100ULL

typedef struct DRIVER_OBJECT DRIVER_OBJECT;
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
IMPORT void NTAPI RtlFreeUnicodeString(UNICODE_STRING* string);
IMPORT void NTAPI RtlFreeAnsiString(UNICODE_STRING* string);
IMPORT void NTAPI ObReferenceObjectByPointerWithTag(PVOID object, ULONG access, PVOID type, int mode, ULONG tag);
IMPORT PVOID NTAPI MmAllocateMappingAddress(SIZE_T bytes, ULONG tag);
IMPORT void NTAPI IoInitializeRemoveLockEx(PVOID lock, ULONG tag, ULONG minutes, ULONG high, ULONG size);
IMPORT void NTAPI KeBugCheckEx(ULONG code, ULONG_PTR a, ULONG_PTR b, ULONG_PTR c, ULONG_PTR d);
IMPORT ULONG NTAPI KeQueryTimeIncrement(void);

/* ntoskrnl.exe, continued */
IMPORT PVOID NTAPI ExAllocatePoolWithQuota(int type, SIZE_T bytes);
IMPORT NTSTATUS NTAPI ExCreatePool(ULONG flags, ULONG_PTR tag, PVOID parameters, PVOID* pool);
IMPORT NTSTATUS NTAPI ExSecurePoolUpdate(PVOID pool, ULONG tag, PVOID block, ULONG_PTR cookie, SIZE_T offset, SIZE_T bytes, PVOID buffer);
IMPORT ULONG NTAPI ExSecurePoolValidate(PVOID pool, ULONG tag, PVOID block, ULONG_PTR cookie);
IMPORT void NTAPI ExFreePool2(PVOID p, ULONG tag, PVOID parameters, ULONG count);
IMPORT void NTAPI FsRtlInitExtraCreateParameterLookasideList(PVOID list, ULONG flags, SIZE_T size, ULONG tag);
IMPORT PVOID NTAPI FsRtlAllocatePoolWithTag(int type, ULONG bytes, ULONG tag);
IMPORT PVOID NTAPI FsRtlAllocatePoolWithQuotaTag(int type, ULONG bytes, ULONG tag);
IMPORT PVOID NTAPI FsRtlAllocatePool(int type, ULONG bytes);
IMPORT PVOID NTAPI FsRtlAllocatePoolWithQuota(int type, ULONG bytes);
IMPORT NTSTATUS NTAPI FsRtlAllocateExtraCreateParameter(const void* kind, ULONG bytes, ULONG flags, PVOID cleanup, ULONG tag, PVOID* context);
IMPORT PVOID NTAPI FsRtlAllocateAePushLock(int type, ULONG tag);
IMPORT NTSTATUS NTAPI MmAllocateContiguousMemoryEx(SIZE_T* bytes, ULONG64 low, ULONG64 high, ULONG64 boundary, ULONG node, ULONG protect,
                                                   PVOID partition, ULONG tag, ULONG flags, PVOID* base);
IMPORT PVOID NTAPI MmAllocateMappingAddressEx(SIZE_T bytes, ULONG tag, ULONG flags);
IMPORT void NTAPI MmFreeMappingAddress(PVOID base, ULONG tag);
IMPORT PVOID NTAPI MmMapLockedPagesWithReservedMapping(PVOID base, ULONG tag, PVOID mdl, int cache);
IMPORT void NTAPI MmUnmapReservedMapping(PVOID base, ULONG tag, PVOID mdl);
IMPORT PVOID NTAPI ExAllocateCacheAwareRundownProtection(int type, ULONG tag);
IMPORT NTSTATUS NTAPI ObReferenceObjectByHandleWithTag(PVOID handle, ULONG access, PVOID type, int mode, ULONG tag, PVOID* object, PVOID info);
IMPORT SIZE_T FASTCALL ObfReferenceObjectWithTag(PVOID object, ULONG tag);
IMPORT SIZE_T FASTCALL ObfDereferenceObjectWithTag(PVOID object, ULONG tag);
IMPORT void NTAPI ObDereferenceObjectDeferDeleteWithTag(PVOID object, ULONG tag);
IMPORT NTSTATUS NTAPI ObOpenObjectByPointerWithTag(PVOID object, ULONG attributes, PVOID state, ULONG access, PVOID type, int mode, ULONG tag, PVOID* handle);
IMPORT NTSTATUS NTAPI RtlUnicodeStringToInteger(UNICODE_STRING* text, ULONG base, ULONG* value);
IMPORT NTSTATUS NTAPI PsSetCreateProcessNotifyRoutine(PVOID routine, UCHAR remove);

/* fltmgr.sys */
typedef struct {
  USHORT type, flags;
  PVOID cleanup;
  SIZE_T size;
  ULONG tag;
  PVOID allocate, free, reserved;
} FLT_CONTEXT;
typedef struct {
  USHORT size, version;
  ULONG flags;
  const FLT_CONTEXT* contexts;
  const void* operations;
  PVOID callbacks[12];
} FLT_REGISTRATION;
enum { FLT_VOLUME = 1, FLT_INSTANCE = 2, FLT_FILE = 4, FLT_STREAM = 8, FLT_STREAMHANDLE = 16, FLT_END = 0xFFFF };
IMPORT NTSTATUS NTAPI FltRegisterFilter(DRIVER_OBJECT* driver, const FLT_REGISTRATION* registration, PVOID* filter);
IMPORT PVOID NTAPI FltAllocatePoolAlignedWithTag(PVOID instance, int type, SIZE_T bytes, ULONG tag);
IMPORT void NTAPI FltFreePoolAlignedWithTag(PVOID instance, PVOID p, ULONG tag);
IMPORT void NTAPI FltInitExtraCreateParameterLookasideList(PVOID filter, PVOID list, ULONG flags, SIZE_T size, ULONG tag);
IMPORT NTSTATUS NTAPI FltAllocateExtraCreateParameter(PVOID filter, const void* kind, ULONG bytes, ULONG flags, PVOID cleanup, ULONG tag, PVOID* context);

/* ndis.sys */
typedef struct { UCHAR type, revision; USHORT size; } NDIS_HEADER;
typedef struct { NDIS_HEADER header; UCHAR protocol, with_buffer; USHORT context; ULONG tag, data, flags; } NBL_POOL;
typedef struct { NDIS_HEADER header; ULONG tag, data; } NB_POOL;
typedef struct { NDIS_HEADER header; ULONG tag; PVOID routine, context; } NDIS_TIMER;
IMPORT int NTAPI NdisAllocateMemoryWithTag(PVOID* p, ULONG bytes, ULONG tag);
IMPORT PVOID NTAPI NdisAllocateMemoryWithTagPriority(PVOID handle, ULONG bytes, ULONG tag, int priority);
IMPORT void NTAPI NdisFreeMemoryWithTag(PVOID p, ULONG tag);
IMPORT void NTAPI NdisFreeMemoryWithTagPriority(PVOID handle, PVOID p, ULONG tag);
IMPORT void NTAPI NdisFreeMemory(PVOID p, ULONG bytes, ULONG flags);
IMPORT int NTAPI NdisAllocateMemory(PVOID* p, ULONG bytes, ULONG flags, ULONG64 highest);
IMPORT PVOID NTAPI NdisAllocateNetBufferListPool(PVOID handle, const NBL_POOL* parameters);
IMPORT PVOID NTAPI NdisAllocateNetBufferPool(PVOID handle, const NB_POOL* parameters);
IMPORT NTSTATUS NTAPI NdisAllocateNetBufferListContext(PVOID list, USHORT bytes, USHORT backfill, ULONG tag);
IMPORT NTSTATUS NTAPI NdisAllocateCloneOidRequest(PVOID handle, PVOID request, ULONG tag, PVOID* clone);
IMPORT PVOID NTAPI NdisAllocateGenericObject(PVOID driver, ULONG tag, USHORT bytes);
IMPORT NTSTATUS NTAPI NdisAllocateTimerObject(PVOID handle, const NDIS_TIMER* timer, PVOID* object);

/* storport.sys, videoprt.sys, win32k.sys, ks.sys, usbd.sys, ucx01000.sys */
IMPORT ULONG CDECL StorPortExtendedFunction(ULONG code, PVOID extension, ...);
IMPORT PVOID NTAPI VideoPortAllocatePool(PVOID extension, int type, SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI EngAllocMem(ULONG flags, ULONG bytes, ULONG tag);
IMPORT PVOID NTAPI EngAllocUserMem(SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI EngAllocPrivateUserMem(PVOID surface, SIZE_T bytes, ULONG tag);
IMPORT NTSTATUS NTAPI _KsEdit(PVOID bag, PVOID* item, ULONG new_size, ULONG old_size, ULONG tag);
IMPORT NTSTATUS NTAPI USBD_ValidateConfigurationDescriptor(PVOID descriptor, ULONG bytes, USHORT level, PVOID* offset, ULONG tag);
IMPORT PVOID NTAPI UcxEndpointGetStaticStreamsReferenced(PVOID endpoint, PVOID tag);

/* wdfldr.sys: the framework's functions are reached through a table that the loader fills. */
typedef struct {
  ULONG size;
  const unsigned short* component;
  ULONG major, minor, build, count;
  PVOID table, module;
} WDF_BIND_INFO;
typedef struct { ULONG size; PVOID device_add, unload; ULONG init_flags, tag; } WDF_DRIVER_CONFIG;
IMPORT NTSTATUS NTAPI WdfVersionBind(DRIVER_OBJECT* driver, UNICODE_STRING* path, WDF_BIND_INFO* info, PVOID* globals);
IMPORT void NTAPI WdfVersionUnbind(UNICODE_STRING* path, WDF_BIND_INFO* info, PVOID globals);
enum { WDF_DRIVER_CREATE = 116, WDF_MEMORY_CREATE = 192, WDF_MEMORY_CREATE_PREALLOCATED = 193, WDF_LOOKASIDE_LIST_CREATE = 198, WDF_FUNCTIONS = 396 };
typedef NTSTATUS (NTAPI *WDF_DRIVER_CREATE_FN)(PVOID globals, DRIVER_OBJECT* driver, UNICODE_STRING* path, PVOID attributes, const WDF_DRIVER_CONFIG* config, PVOID* handle);
typedef NTSTATUS (NTAPI *WDF_MEMORY_CREATE_FN)(PVOID globals, PVOID attributes, int type, ULONG tag, SIZE_T bytes, PVOID* handle, PVOID* buffer);
typedef NTSTATUS (NTAPI *WDF_LOOKASIDE_LIST_CREATE_FN)(PVOID globals, PVOID attributes, SIZE_T bytes, int type, PVOID memory_attributes, ULONG tag, PVOID* handle);

/* Something the optimiser cannot see through. */
extern volatile ULONG opaque;

NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* driver, UNICODE_STRING* registry_path);
#define DRIVER_ENTRY                                     \
  volatile ULONG opaque;                                 \
  NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* driver, UNICODE_STRING* registry_path)

/* An entry with an allocate function of its own ignores its tag; nothing behind the end mark counts. */
#include "kernel.h"
static PVOID own_allocate(int type, SIZE_T bytes, USHORT kind) {
  (void)kind;
  return ExAllocatePoolWithTag(type, bytes, TAG('F', 'k', 'O', 'w'));
}
static void own_free(PVOID p, USHORT kind) {
  (void)kind;
  ExFreePoolWithTag(p, TAG('F', 'k', 'O', 'w'));
}
static const FLT_CONTEXT contexts[] = {
    {FLT_FILE, 0, 0, 48, TAG('F', 'k', 'F', 'l'), 0, 0, 0},
    {FLT_STREAM, 0, 0, 64, TAG('F', 'k', 'S', 't'), (PVOID)own_allocate, (PVOID)own_free, 0},
    {FLT_END, 0, 0, 0, TAG('F', 'k', 'E', 'n'), 0, 0, 0},
    {FLT_VOLUME, 0, 0, 48, TAG('F', 'k', 'V', 'l'), 0, 0, 0},
};
static const FLT_REGISTRATION registration = {sizeof registration, 0x203, 0, contexts, 0, {0}};
PVOID filter;
DRIVER_ENTRY {
  (void)registry_path;
  return FltRegisterFilter(driver, &registration, &filter);
}

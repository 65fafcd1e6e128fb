/* A filter registers its contexts in a constant table that a constant structure points to. */
#include "kernel.h"
static const FLT_CONTEXT contexts[] = {
    {FLT_VOLUME, 0, 0, 48, TAG('F', 'c', 'V', 'l'), 0, 0, 0},
    {FLT_INSTANCE, 0, 0, 96, TAG('F', 'c', 'I', 'n'), 0, 0, 0},
    {FLT_STREAMHANDLE, 1, 0, 24, TAG('F', 'c', 'S', 'h'), 0, 0, 0},
    {FLT_END, 0, 0, 0, 0, 0, 0, 0},
};
static const FLT_REGISTRATION registration = {sizeof registration, 0x203, 0, contexts, 0, {0}};
PVOID filter;
DRIVER_ENTRY {
  (void)registry_path;
  return FltRegisterFilter(driver, &registration, &filter);
}

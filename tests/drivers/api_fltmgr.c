/* Every listed function of the filter manager, each with a tag of its own. */
#include "kernel.h"
static const FLT_CONTEXT contexts[] = {{FLT_FILE, 0, 0, 48, TAG('F', 'm', '0', '1'), 0, 0, 0}, {FLT_END, 0, 0, 0, 0, 0, 0, 0}};
static const FLT_REGISTRATION registration = {sizeof registration, 0x203, 0, contexts, 0, {0}};
static PVOID filter, context;
static LOOKASIDE list;
DRIVER_ENTRY {
  (void)registry_path;
  opaque = (ULONG)FltRegisterFilter(driver, &registration, &filter);
  PVOID p = FltAllocatePoolAlignedWithTag(filter, NonPagedPoolNx, 512, TAG('F', 'm', '0', '2'));
  FltFreePoolAlignedWithTag(filter, p, TAG('F', 'm', '0', '3'));
  FltInitExtraCreateParameterLookasideList(filter, &list, 0, 40, TAG('F', 'm', '0', '4'));
  opaque = (ULONG)FltAllocateExtraCreateParameter(filter, &list, 56, 0, 0, TAG('F', 'm', '0', '5'), &context);
  return 0;
}

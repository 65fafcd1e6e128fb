/* A function with `...` that fetches the tag from the argument list. */
#include "kernel.h"
KEEP PVOID get(SIZE_T bytes, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, bytes);
  ULONG mark = __builtin_va_arg(list, ULONG);
  ULONG tag = __builtin_va_arg(list, ULONG);
  __builtin_va_end(list);
  opaque = mark;
  PVOID p = ExAllocatePoolWithTag(PagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = get(16, TAG('W', 'v', 'M', 'k'), TAG('W', 'v', 'T', 'g'));
  opaque = a != 0;
  return 0;
}

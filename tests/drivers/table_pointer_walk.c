/* The table ends with a zero and is walked by a pointer. */
#include "kernel.h"
static const ULONG tags[] = {TAG('T', 'p', 'W', '1'), TAG('T', 'p', 'W', '2'), TAG('T', 'p', 'W', '3'), 0};
const ULONG* volatile start = tags;
KEEP void fill(const ULONG* tag) {
  for (; *tag; ++tag) {
    PVOID p = ExAllocatePoolWithTag(NonPagedPool, 16, *tag);
    opaque = p != 0;
  }
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  fill(tags);
  opaque = start != 0;
  return 0;
}

/* The tag travels inside a structure that is copied and returned by value. */
#include "kernel.h"
typedef struct { ULONG size, tag, mark; } REQUEST;
KEEP REQUEST request_for(ULONG size) {
  REQUEST request;
  request.size = size;
  request.tag = TAG('S', 't', 'C', 'p');
  request.mark = TAG('M', 'a', 'r', 'k');
  return request;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  REQUEST first = request_for(48);
  REQUEST second = first;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, second.size, second.tag);
  opaque = a ? second.mark : 0;
  return 0;
}

/* A tag that stands in a structure and is changed on its way: some of its bytes are replaced, only one or two of them are
   read, or a number is added. What is stored in the structure is not what is allocated with. */
#include "kernel.h"
typedef struct { ULONG size, tag; } REQUEST;
KEEP PVOID last_replaced(const REQUEST* r) { return ExAllocatePoolWithTag(PagedPool, r->size, (r->tag & 0xFFFFFF) | 'Z' << 24); }
KEEP PVOID handed_on(const REQUEST* r) { return last_replaced(r); }
KEEP PVOID first_only(const UCHAR* t) { return ExAllocatePoolWithTag(PagedPool, 8, (ULONG)*t | TAG(0, 'm', 'F', '1')); }
KEEP PVOID one_more(const ULONG* t) { return ExAllocatePoolWithTag(PagedPool, 8, *t + 1); }
static const REQUEST fixed = {4, TAG('M', 'f', 'C', 'o')};
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  REQUEST a = {opaque, TAG('M', 'f', 'A', 'a')}, b = {opaque, TAG('M', 'f', 'B', 'b')};
  ULONG c = TAG('Q', 'f', 'C', 'c'), d = TAG('A', 'f', 'D', 'd');
  opaque = last_replaced(&a) != 0;
  opaque = handed_on(&b) != 0;
  opaque = last_replaced(&fixed) != 0;
  opaque = first_only((const UCHAR*)&c) != 0;
  opaque = one_more(&d) != 0;
  return 0;
}

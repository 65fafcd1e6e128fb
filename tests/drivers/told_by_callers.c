/* An argument chooses the tag, and all callers are known: what goes with numbers that none of them passes is no tag of this
   driver. It is told as an assumption at best. A function that is exported, or whose address is kept, has other callers. */
#include "kernel.h"
volatile ULONG opaque;
static KEEP PVOID flag(int kind, SIZE_T n) {
  ULONG tag = kind ? TAG('T', 'c', 'a', '1') : TAG('N', 'c', 'a', '0');
  return ExAllocatePoolWithTag(PagedPool, n, tag);
}
static NOINLINE PVOID cases(ULONG kind, SIZE_T n) {
  ULONG tag;
  switch (kind) {
    case 0: tag = TAG('N', 'c', 'b', '0'); break;
    case 1: tag = TAG('T', 'c', 'b', '1'); break;
    case 2: tag = TAG('T', 'c', 'b', '2'); break;
    default: tag = TAG('N', 'c', 'b', '3');
  }
  return ExAllocatePoolWithTag(PagedPool, n, tag);
}
static const ULONG tags[4] = {TAG('N', 'c', 'c', '0'), TAG('T', 'c', 'c', '1'), TAG('T', 'c', 'c', '2'), TAG('N', 'c', 'c', '3')};
static KEEP PVOID table(ULONG kind, SIZE_T n) {
  if (kind > 3) return 0;
  return ExAllocatePoolWithTag(PagedPool, n, tags[kind]);
}
static KEEP ULONG tag_of(ULONG kind) {
  return kind == 3 ? TAG('T', 'c', 'd', '3') : kind == 4 ? TAG('N', 'c', 'd', '4') : TAG('N', 'c', 'd', 'x');
}
static KEEP PVOID returned(ULONG kind, SIZE_T n) { return ExAllocatePoolWithTag(PagedPool, n, tag_of(kind)); }
static KEEP PVOID bits(ULONG flags, SIZE_T n) {
  return ExAllocatePoolWithTag(flags & 1, n, flags & 2 ? TAG('T', 'c', 'e', '2') : TAG('N', 'c', 'e', '0'));
}
static KEEP PVOID adds_bit(ULONG flags, SIZE_T n) { return bits(flags | 2, n); }
static KEEP PVOID inner(ULONG kind, SIZE_T n) {
  return ExAllocatePoolWithTag(PagedPool, n, kind == 7 ? TAG('T', 'c', 'f', '7') : TAG('N', 'c', 'f', '0'));
}
static KEEP PVOID outer(ULONG kind, SIZE_T n) { return inner(kind, n + 8); }
static KEEP PVOID pointer(volatile ULONG* p, SIZE_T n) {
  return ExAllocatePoolWithTag(PagedPool, n, p ? TAG('T', 'c', 'g', 'p') : TAG('N', 'c', 'g', '0'));
}
static KEEP PVOID two_calls(UCHAR paged, SIZE_T n) {
  if (paged) return ExAllocatePoolWithTag(PagedPool, n, TAG('T', 'c', 'h', '1'));
  return ExAllocatePoolWithTag(NonPagedPool, n, TAG('N', 'c', 'h', '0'));
}
typedef struct {
  ULONG kind;
  SIZE_T n;
} REQUEST;
static KEEP PVOID field(REQUEST* r) {
  return ExAllocatePoolWithTag(PagedPool, r->n, r->kind == 2 ? TAG('T', 'c', 'i', '2') : TAG('N', 'c', 'i', '0'));
}
EXPORT KEEP PVOID NTAPI exported(ULONG kind, SIZE_T n) {
  return ExAllocatePoolWithTag(PagedPool, n, kind ? TAG('T', 'c', 'j', '1') : TAG('T', 'c', 'j', '0'));
}
static KEEP PVOID NTAPI kept(ULONG kind, SIZE_T n) {
  return ExAllocatePoolWithTag(PagedPool, n, kind ? TAG('T', 'c', 'k', '1') : TAG('T', 'c', 'k', '0'));
}
PVOID(NTAPI* volatile handed_out)(ULONG, SIZE_T);
static KEEP PVOID two_callers(ULONG kind, SIZE_T n) {
  return ExAllocatePoolWithTag(PagedPool, n, kind == 1 ? TAG('T', 'c', 'l', '1') : TAG('T', 'c', 'l', '0'));
}
/* The default is for callers that pass none. */
static KEEP PVOID needless_default(SIZE_T n, ULONG tag) {
  if (tag == 0) tag = TAG('N', 'c', 'm', '0');
  return ExAllocatePoolWithTag(PagedPool, n, tag);
}
static KEEP PVOID with_default(SIZE_T n, ULONG tag) {
  if (tag == 0) tag = TAG('T', 'c', 'n', '0');
  return ExAllocatePoolWithTag(PagedPool, n, tag);
}
static KEEP void passes_pointer(ULONG n) {
  volatile ULONG local = n;
  pointer(&local, n);
}
static KEEP void passes_request(ULONG n) {
  REQUEST r;
  r.kind = 2;
  r.n = n;
  field(&r);
}
EXPORT void NTAPI callers(ULONG n) {
  flag(1, n);
  flag(1, 40);
  cases(1, n);
  cases(2, n);
  table(1, n);
  table(2, n);
  returned(3, n);
  adds_bit(opaque & 1, n);
  outer(7, n);
  two_calls(1, n);
  exported(1, n);
  kept(1, n);
  handed_out = kept;
  two_callers(1, n);
  two_callers(opaque, n);
  needless_default(n, TAG('T', 'c', 'm', '1'));
  needless_default(n, TAG('T', 'c', 'm', '2'));
  with_default(n, TAG('T', 'c', 'n', '1'));
  with_default(n, 0);
  passes_pointer(n);
  passes_request(n);
}
NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* driver, UNICODE_STRING* path) {
  (void)driver, (void)path;
  callers(opaque);
  return 0;
}

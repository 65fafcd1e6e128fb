/* Callees that move tags from behind one of their arguments to behind another: they copy a member, exchange two locals, or
   put two in order. One of them is given the same structure twice, and what it reads there is what it has just written. */
#include "kernel.h"

typedef struct { ULONG size, tag; } Named;

KEEP void copy_tag(ULONG* to, const Named* from) {
  opaque = from->size;
  *to = from->tag;
}

KEEP void exchange(ULONG* x, ULONG* y) {
  ULONG old = *x;
  *x = *y;
  *y = old;
}

KEEP void put_in_order(ULONG* x, ULONG* y) {
  if (*x <= *y) return;
  ULONG old = *x;
  *x = *y;
  *y = old;
}

KEEP void name_then_copy(Named* to, const Named* from, ULONG* out) {
  to->tag = TAG('F', 'f', 'a', '7');
  *out = from->tag;
}

KEEP void copied(void) {
  Named mine = {16, TAG('F', 'f', 'a', '0')};
  ULONG tag;
  copy_tag(&tag, &mine);
  opaque = ExAllocatePoolWithTag(PagedPool, 16, tag) != 0;
}

KEEP void exchanged(void) {
  ULONG one = TAG('F', 'f', 'a', '1'), other = TAG('F', 'f', 'a', '2');
  exchange(&one, &other);
  opaque = ExAllocatePoolWithTag(PagedPool, 24, one) != 0;
  opaque = ExAllocatePoolWithTag(NonPagedPoolNx, 32, other) != 0;
}

KEEP void ordered(void) {
  ULONG one = TAG('F', 'f', 'a', '4'), other = TAG('F', 'f', 'a', '3');
  put_in_order(&one, &other);
  opaque = ExAllocatePoolWithTag(PagedPool, 40, one) != 0;
}

KEEP void given_twice(void) {
  Named mine = {16, TAG('F', 'f', 'a', '5')};
  ULONG tag;
  name_then_copy(&mine, &mine, &tag);
  opaque = ExAllocatePoolWithTag(PagedPool, 48, tag) != 0;
}

KEEP void given_two(void) {
  Named mine = {16, TAG('F', 'f', 'a', '6')}, other;
  ULONG tag;
  name_then_copy(&other, &mine, &tag);
  opaque = ExAllocatePoolWithTag(PagedPool, 56, tag) != 0;
}

DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  copied();
  exchanged();
  ordered();
  given_twice();
  given_two();
  return 0;
}

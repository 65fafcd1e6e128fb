/* A global is set right before it is used: what stood there until then is not what is allocated with. Behind a callee that
   sets it, or may do so through a pointer, it is one of those. */
#include "kernel.h"
volatile ULONG set_before = TAG('N', 's', 'a', '0');
volatile ULONG set_twice = TAG('N', 's', 'b', '0');
volatile ULONG set_by_callee = TAG('T', 's', 'c', '0');
volatile ULONG set_by_pointer = TAG('T', 's', 'd', '0');
volatile ULONG set_on_one_path = TAG('T', 's', 'e', '0');
static KEEP void sets(void) {
  set_by_callee = TAG('T', 's', 'c', '2');
  KeQueryTimeIncrement();
}
static KEEP void writes(volatile ULONG *to) {
  *to = TAG('T', 's', 'd', '2');
  KeQueryTimeIncrement();
}
static KEEP void before(SIZE_T n) {
  set_before = TAG('T', 's', 'a', '1');
  KeQueryTimeIncrement();
  ExAllocatePoolWithTag(PagedPool, n, set_before);
}
static KEEP void twice(SIZE_T n) {
  set_twice = TAG('N', 's', 'b', '1');
  KeQueryTimeIncrement();
  set_twice = TAG('T', 's', 'b', '2');
  ExAllocatePoolWithTag(PagedPool, n, set_twice);
}
static KEEP void callee(SIZE_T n) {
  set_by_callee = TAG('A', 's', 'c', '1');
  sets();
  ExAllocatePoolWithTag(PagedPool, n, set_by_callee);
}
static KEEP void pointer(SIZE_T n) {
  set_by_pointer = TAG('A', 's', 'd', '1');
  writes(&set_by_pointer);
  ExAllocatePoolWithTag(PagedPool, n, set_by_pointer);
}
static KEEP void one_path(SIZE_T n) {
  if (opaque) set_on_one_path = TAG('T', 's', 'e', '1');
  ExAllocatePoolWithTag(PagedPool, n, set_on_one_path);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  before(24);
  twice(32);
  callee(40);
  pointer(48);
  one_path(56);
  return 0;
}

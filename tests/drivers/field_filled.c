/* What a function stored in a structure that it was given is overwritten by others: a function of the kernel that gets the
   address of that very field, a callee that gets the pointer behind the register arguments, in a register of its own
   convention, inside a structure on the stack, that gets the address of a member or hands it to a callback. What does not
   get it leaves it alone. */
#include "kernel.h"
#ifdef __i386__
#define BY_REGISTER __attribute__((regparm(1)))
#else
#define BY_REGISTER
#endif
typedef struct { ULONG kind, tag, more[2]; PVOID memory; } REQUEST;
typedef struct { volatile REQUEST *request; SIZE_T n; } HOLDER;
typedef void(NTAPI *CALLBACK)(PVOID);
static KEEP void by_kernel(volatile REQUEST *r, SIZE_T n) {
  r->tag = TAG('A', 'f', 'a', '0');
  NdisAllocateMemoryWithTag((PVOID *)&r->tag, 64, TAG('T', 'f', 'a', '1'));
  ExAllocatePoolWithTag(PagedPool, n, r->tag);
}
static KEEP void beside_kernel(volatile REQUEST *r, SIZE_T n) {
  r->tag = TAG('T', 'f', 'b', '0');
  NdisAllocateMemoryWithTag((PVOID *)&r->memory, 64, TAG('T', 'f', 'b', '1'));
  KeQueryTimeIncrement();
  ExAllocatePoolWithTag(PagedPool, n, r->tag);
}
static KEEP void fifth(ULONG a, ULONG b, ULONG c, ULONG d, volatile REQUEST *r) {
  r->tag = opaque + a + b + c + d;
  KeQueryTimeIncrement();
}
static KEEP void by_fifth(volatile REQUEST *r, SIZE_T n) {
  r->tag = TAG('A', 'f', 'c', '0');
  fifth(opaque, 1, 2, 3, r);
  ExAllocatePoolWithTag(PagedPool, n, r->tag);
}
static KEEP void fifth_tag(ULONG a, ULONG b, ULONG c, ULONG d, volatile REQUEST *r) {
  r->kind = a + b + c + d;
  r->tag = TAG('T', 'f', 'd', '1');
  KeQueryTimeIncrement();
}
static KEEP void by_fifth_tag(volatile REQUEST *r, SIZE_T n) {
  r->tag = TAG('A', 'f', 'd', '0');
  fifth_tag(opaque, 1, 2, 3, r);
  ExAllocatePoolWithTag(PagedPool, n, r->tag);
}
static KEEP ULONG walk(ULONG n, ULONG a, ULONG b, ULONG c, CALLBACK callback, volatile REQUEST *context) {
  for (ULONG i = a + b + c; i < n; ++i) callback((PVOID)context);
  return opaque;
}
static KEEP void NTAPI callback(PVOID context) { ((volatile REQUEST *)context)->tag += opaque; }
static KEEP void by_callback(volatile REQUEST *r, SIZE_T n) {
  r->tag = TAG('A', 'f', 'e', '0');
  walk(opaque, 1, 2, 3, callback, r);
  ExAllocatePoolWithTag(PagedPool, n, r->tag);
}
static KEEP BY_REGISTER void in_register(volatile ULONG *tag) {
  *tag = opaque;
  KeQueryTimeIncrement();
}
static KEEP void local_in_register(SIZE_T n) {
  volatile ULONG tag = TAG('A', 'f', 'f', '0');
  in_register(&tag);
  ExAllocatePoolWithTag(PagedPool, n, tag);
}
static KEEP void field_in_register(volatile REQUEST *r, SIZE_T n) {
  r->tag = TAG('A', 'f', 'g', '0');
  in_register(&r->tag);
  ExAllocatePoolWithTag(PagedPool, n, r->tag);
}
static KEEP BY_REGISTER void tag_in_register(volatile ULONG *tag) {
  *tag = TAG('T', 'f', 'h', '1');
  KeQueryTimeIncrement();
}
static KEEP void local_tag_in_register(SIZE_T n) {
  volatile ULONG tag = TAG('A', 'f', 'h', '0');
  tag_in_register(&tag);
  ExAllocatePoolWithTag(PagedPool, n, tag);
}
static KEEP void of_holder(volatile HOLDER *holder) {
  holder->request->tag = opaque;
  KeQueryTimeIncrement();
}
static KEEP void by_holder(volatile REQUEST *r, SIZE_T n) {
  volatile HOLDER holder;
  r->tag = TAG('A', 'f', 'i', '0');
  holder.request = r;
  holder.n = n;
  of_holder(&holder);
  ExAllocatePoolWithTag(PagedPool, n, r->tag);
}
static KEEP void before_member(volatile ULONG *member) {
  member[-1] = opaque;
  KeQueryTimeIncrement();
}
static KEEP void by_member(volatile REQUEST *r, SIZE_T n) {
  r->tag = TAG('A', 'f', 'k', '0');
  before_member(r->more);
  ExAllocatePoolWithTag(PagedPool, n, r->tag);
}
/* Decided by a field that a function of the kernel fills: the call is made. */
static KEEP void decided(volatile REQUEST *r, SIZE_T n) {
  NdisAllocateMemoryWithTag((PVOID *)&r->memory, 64, TAG('T', 'f', 'j', '0'));
  if (!r->memory) return;
  ExAllocatePoolWithTag(PagedPool, n, TAG('T', 'f', 'j', '1'));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  volatile REQUEST a;
  a.kind = a.tag = 0;
  a.memory = 0;
  by_kernel(&a, 24);
  beside_kernel(&a, 24);
  by_fifth(&a, 32);
  by_fifth_tag(&a, 32);
  by_callback(&a, 40);
  local_in_register(40);
  field_in_register(&a, 48);
  local_tag_in_register(48);
  by_holder(&a, 56);
  by_member(&a, 64);
  volatile REQUEST b;
  b.kind = b.tag = 0;
  b.memory = 0;
  decided(&b, 56);
  return 0;
}

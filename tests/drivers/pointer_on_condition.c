/* A function calls what it is passed if another argument says so. Where each caller passes both, the tag that goes along
   is certain; where the allocator comes with what forbids the call, or may, and the call is made with a pointer that
   nobody knows, the tag never reaches the allocator, and nothing is proven. */
#include "kernel.h"
typedef PVOID(NTAPI* A)(int type, SIZE_T bytes, ULONG tag);
typedef struct { ULONG size; A allocate; ULONG kind; } POOL;
static POOL* volatile kept;
KEEP PVOID NTAPI counts(int type, SIZE_T bytes, ULONG tag) { opaque ^= tag + (ULONG)type + (ULONG)bytes; return 0; }
/* Both callers are certain, and one of them never makes the call. */
KEEP PVOID certain(POOL* pool, int kind, A allocate) {
  pool->allocate = allocate;
  if (kind == 0) return pool->allocate(PagedPool, 0x1000, TAG('P','c','n','1'));
  return 0;
}
/* One call for both: the kind that allows goes with no pointer. */
KEEP PVOID joined(int kind, A allocate) {
  opaque = 1;
  if (kind == 0) return allocate ? allocate(PagedPool, 0x1000, TAG('P','c','n','2')) : 0;
  return (PVOID)(ULONG_PTR)kind;
}
/* The allocator comes with an odd kind only; 0 comes with what others pass from outside. */
KEEP PVOID odd(int kind, A allocate) {
  opaque = 2;
  if (kind == 0) return allocate(PagedPool, 0x1000, TAG('P','c','n','3'));
  return 0;
}
EXPORT KEEP PVOID odd_outside(A allocate) { return (PVOID)((ULONG_PTR)odd(0, allocate) ^ 1); }
/* The allocator comes with the kind of a caller's caller, and 0 with another function. */
KEEP PVOID handed_up(int kind, A allocate) {
  opaque = 3;
  if (kind == 0) return allocate(PagedPool, 0x1000, TAG('P','c','n','4'));
  return 0;
}
KEEP PVOID hands_up(int kind) { return (PVOID)((ULONG_PTR)handed_up(kind, ExAllocatePoolWithTag) ^ 1); }
/* A call through a pointer lies between: who is called there may know the structure. */
KEEP PVOID NTAPI replaces(int type, SIZE_T bytes, ULONG tag) { kept->allocate = counts; return (PVOID)(bytes + tag + type); }
KEEP PVOID replaced(POOL* pool, A allocate, A* volatile* first) {
  pool->allocate = allocate;
  opaque = (**first)(PagedPool, 8, 3) != 0;
  return pool->allocate(PagedPool, 0x1000, TAG('P','c','n','5'));
}
static A firsts[1];
static A* volatile first = firsts;
DRIVER_ENTRY {
  (void)driver, (void)registry_path;
  static POOL pool;
  int kind;
  A allocate;
  opaque = certain(&pool, 0, ExAllocatePoolWithTag) != 0;
  opaque = certain(&pool, 1, 0) != 0;
  if (opaque) { kind = 1; allocate = ExAllocatePoolWithTag; } else { kind = 0; allocate = 0; }
  opaque = joined(kind, allocate) != 0;
  opaque = odd((int)(opaque | 1), ExAllocatePoolWithTag) != 0;
  opaque = hands_up(1) != 0;
  opaque = handed_up(0, counts) != 0;
  kept = &pool;
  firsts[0] = replaces;
  opaque = replaced(&pool, ExAllocatePoolWithTag, &first) != 0;
  return 0;
}

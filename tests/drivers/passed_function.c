/* A function calls whatever it is given, the allocator or something that only looks at its arguments. Only the tags that go
   along with the allocator are allocated with; where pointer and tag are chosen together, which go along is not known. */
#include "kernel.h"
typedef PVOID (NTAPI *TAKES_TAG)(int type, SIZE_T bytes, ULONG tag);
static volatile ULONG noted;
KEEP PVOID NTAPI only_note(int type, SIZE_T bytes, ULONG tag) {
  noted ^= tag + (ULONG)type + (ULONG)bytes;
  return 0;
}
KEEP PVOID give(TAKES_TAG function, SIZE_T bytes, ULONG tag) { return function(NonPagedPool, bytes, tag); }
KEEP PVOID give_on(TAKES_TAG function, SIZE_T bytes, ULONG tag) { return (PVOID)((ULONG_PTR)give(function, bytes, tag) ^ 1); }
KEEP PVOID choose(SIZE_T bytes, ULONG which) {
  TAKES_TAG function;
  ULONG tag;
  if (which) {
    function = ExAllocatePoolWithTag;
    tag = TAG('P', 'f', 'C', 'y');
  } else {
    function = only_note;
    tag = TAG('P', 'f', 'C', 'n');
  }
  noted = 1;
  return function(NonPagedPool, bytes, tag);
}
static TAKES_TAG volatile switched = only_note;
KEEP PVOID by_global(SIZE_T bytes) { return switched(NonPagedPool, bytes, TAG('P', 'f', 'G', 'l')); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = give(ExAllocatePoolWithTag, 40, TAG('P', 'f', 'Y', '1')) != 0;
  opaque = give(only_note, 40, TAG('P', 'f', 'N', '1')) != 0;
  opaque = give_on(ExAllocatePoolWithTag, 40, TAG('P', 'f', 'Y', '2')) != 0;
  opaque = give_on(only_note, 40, TAG('P', 'f', 'N', '2')) != 0;
  opaque = choose(40, opaque) != 0;
  opaque = by_global(40) != 0;
  switched = ExAllocatePoolWithTag;
  return 0;
}

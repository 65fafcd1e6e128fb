/* A structure of eight bytes, one of two, in one register: which of the sizes goes with which of the tags is not told, but
   each half is one of two. */
#include "kernel.h"

typedef struct { ULONG tag, size; } Pair;

KEEP void use(Pair pair) { opaque = ExAllocatePoolWithTag(PagedPool, pair.size, pair.tag) != 0; }

KEEP Pair make(ULONG i) {
  Pair one = {TAG('P', 'c', 'o', '2'), 64}, other = {TAG('P', 'c', 'o', '3'), 128};
  return i & 1 ? one : other;
}

KEEP void passed(ULONG i) {
  Pair one = {TAG('P', 'c', 'o', '0'), 16}, other = {TAG('P', 'c', 'o', '1'), 32};
  use(i & 1 ? one : other);
}

DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  passed(opaque);
  Pair made = make(opaque);
  opaque = ExAllocatePoolWithTag(NonPagedPoolNx, made.size, made.tag) != 0;
  return 0;
}

/* Has its memory through an API set; the module that implements the set imports from this one in the same way. */
#include "../kernel.h"
IMPORT PVOID SetAllocImpl(int type, SIZE_T bytes, ULONG tag);
IMPORT ULONG SetIsSupported(void);
IMPORT PVOID SetTwice(SIZE_T bytes, ULONG tag);
IMPORT PVOID SetNowhere(SIZE_T bytes, ULONG tag);
EXPORT KEEP ULONG SetUserIsReady(PVOID p) { return p != 0; }
EXPORT KEEP PVOID SetUserAlloc(SIZE_T bytes, ULONG tag) {
  if (SetIsSupported() == 0) return 0;
  PVOID p = SetAllocImpl(PagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = SetUserAlloc(96, TAG('S', 'u', 'A', 'l')) != 0;
  opaque = SetTwice(48, TAG('S', 'u', 'T', 'w')) != 0;
  opaque = SetNowhere(48, TAG('S', 'u', 'N', 'o')) != 0;
  return 0;
}

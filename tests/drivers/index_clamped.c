/* An index that is held between two bounds: one of them makes it a number, or what nobody knows. An array on the stack that
   is walked downwards. An array in a structure on the stack, with its length beside it, that another function walks through. */
#include "kernel.h"

static const ULONG tags[] = {7, TAG('I', 'c', 'l', '1'), TAG('I', 'c', 'l', '2'), TAG('I', 'c', 'l', '3'), TAG('I', 'c', 'l', 'N')};

KEEP void between(LONG i) {
  i = i < 1 ? 1 : i;
  i = i > 3 ? 3 : i;
  opaque = ExAllocatePoolWithTag(PagedPool, 16, tags[i]) != 0;
}

KEEP void downwards(void) {
  volatile ULONG mine[3] = {TAG('I', 'c', 'd', '0'), TAG('I', 'c', 'd', '1'), TAG('I', 'c', 'd', '2')};
  ULONG i = 3;
  do {
    --i;
    opaque = ExAllocatePoolWithTag(PagedPool, 24, mine[i]) != 0;
  } while (i != 0);
}

typedef struct { ULONG count, names[3]; } List;

KEEP void all_of(const List* list) {
  for (ULONG i = 0; i < list->count; ++i) opaque = ExAllocatePoolWithTag(PagedPool, 32, list->names[i]) != 0;
}

KEEP void listed(void) {
  List mine = {3, {TAG('I', 'c', 'l', '5'), TAG('I', 'c', 'l', '6'), TAG('I', 'c', 'l', '7')}};
  all_of(&mine);
}

DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  between((LONG)opaque);
  downwards();
  listed();
  return 0;
}

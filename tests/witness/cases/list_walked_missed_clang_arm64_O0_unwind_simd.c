// case list_walked missed clang-arm64-O0-unwind-simd passes
// part Aa list_walked decoys
#include "program.h"
typedef struct N0 { const struct N0* next; ULONG tag; } N0;
static const N0 node0_0 = {0, TAG('A','a','r','w')};
static const N0 node1_0 = {&node0_0, TAG('A','a','v','b')};
static const N0* volatile head0 = &node1_0;
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  for (const N0* at = head0; at; at = at->next) keep(ExAllocatePoolWithTag(NonPagedPool, 48, at->tag));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

// case heap_context missed clang-arm64-O0-unwind-simd fails
// part Aa heap_context decoys
#include "program.h"
typedef struct { ULONG size; ULONG tag; } C0;
static C0* context0;
KEEP void later0(void) { if (context0) keep(ExAllocatePoolWithTag(NonPagedPool, 48, context0->tag)); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  C0* made = (C0*)ExAllocatePoolWithTag(NonPagedPool, sizeof(C0), TAG('A','a','r','w'));
  if (!made) return;
  made->size = a; made->tag = TAG('A','a','v','b');
  context0 = made;
  later0();
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

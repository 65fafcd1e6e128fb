// case callback missed clang-arm64-O3-simd passes
// part Aa callback decoys
#include "program.h"
typedef void (*F0)(ULONG, ULONG);
KEEP void called0(ULONG tag, ULONG size) { keep(ExAllocatePoolWithTag(NonPagedPool, size, tag)); }
KEEP void other0(ULONG tag, ULONG size) { opaque = tag + size; }
KEEP void apply0(F0 f, ULONG tag) { f(tag, 24); }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  apply0(a & 1 ? other0 : called0, TAG('A','a','r','w'));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

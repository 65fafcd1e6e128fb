// case string_tag missed gcc-x64-Os-simd passes
// part Aa string_tag decoys
#include "program.h"
static const char text0[] = "Aarw";
KEEP ULONG tag_of0(const char* s) { ULONG t = 0; for (int i = 3; i >= 0; --i) t = t << 8 | (UCHAR)s[i]; return t; }
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  keep(ExAllocatePoolWithTag(NonPagedPool, 48, tag_of0(text0)));
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

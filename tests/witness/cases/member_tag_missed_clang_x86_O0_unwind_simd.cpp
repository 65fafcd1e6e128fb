// case member_tag missed clang-x86-O0-unwind-simd passes
// part Aa member_tag decoys
#include "program.h"
class Pool0 {
 public:
  explicit Pool0(ULONG tag) : tag_(tag) {}
  KEEP void get(ULONG size) { keep(ExAllocatePoolWithTag(NonPagedPool, size, tag_)); }
 private:
  ULONG tag_;
};
ROUTINE part0(ULONG a, ULONG b) { (void)a; (void)b;
  Pool0 pool0(TAG('A','a','r','w')); pool0.get(16);
}
ENTRY {
  (void)driver; (void)registry_path;
  return kept != 0;
}

/* Structures of two to four words come back in registers, or behind a hidden pointer: their tags are arguments of the
   function that makes them, beside numbers that nobody knows. A function that only passes such a result on is between.
 */
#include "kernel.h"
typedef struct {
  ULONG size, tag;
} PAIR;
typedef struct {
  ULONG size, mark, tag;
} THREE;
typedef struct {
  ULONG size, mark, more, tag;
} FOUR;
KEEP PAIR pair_of(ULONG size, ULONG tag) {
  PAIR made = {size + opaque, tag};
  return made;
}
KEEP THREE three_of(ULONG size, ULONG tag) {
  THREE made = {size + opaque, opaque, tag};
  return made;
}
KEEP FOUR four_of(ULONG size, ULONG tag) {
  FOUR made = {size, opaque, size + opaque, tag};
  return made;
}
#ifdef _M_ARM64
KEEP THREE passed_on(ULONG size) { return three_of(size, TAG('H', 'r', '3', 'b')); }
#else
#define passed_on(size) three_of(size, TAG('H', 'r', '3', 'b'))
#endif
DRIVER_ENTRY {
  (void)driver;
  (void)registry_path;
  PAIR pair = pair_of(40, TAG('H', 'r', 'P', 'a'));
  PVOID a = ExAllocatePoolWithTag(PagedPool, 40, pair.tag);
  THREE three = three_of(48, TAG('H', 'r', '3', 'a'));
  PVOID b = ExAllocatePoolWithTag(PagedPool, 48, three.tag);
  FOUR four = four_of(56, TAG('H', 'r', '4', 'a'));
  PVOID c = ExAllocatePoolWithTag(PagedPool, 56, four.tag);
  THREE passed = passed_on(64);
  PVOID d = ExAllocatePoolWithTag(PagedPool, 64, passed.tag);
  opaque = a && b && c && d ? pair.size + three.mark + four.more + passed.size : 0;
  return 0;
}

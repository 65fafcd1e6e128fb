/* What a call returned is compared with one of the numbers that it may be, or tells whether an argument was filled in; a constant
   beside an index that goes where a letter stands; a letter that counts down, bits in the middle, a sign, a rotated tag. */
#include "kernel.h"
KEEP static LONG fill(ULONG x, ULONG* tag) {
  opaque = x;
  if (x == 0) return -1;
  *tag = x == 1 ? TAG('X', 'r', 'a', '1') : TAG('X', 'r', 'a', '2');
  return 0;
}
KEEP static ULONG choose(ULONG x) {
  opaque = x;
  return x == 1 ? TAG('T', 'r', 'b', '1') : x == 2 ? TAG('T', 'r', 'b', '2') : TAG('N', 'r', 'b', 'e');
}
EXPORT PVOID NTAPI filled_in(ULONG x) {
  ULONG tag = TAG('X', 'r', 'a', '0');
  if (fill(x, &tag) < 0) return 0;
  return ExAllocatePoolWithTag(PagedPool, 16, tag);
}
EXPORT PVOID NTAPI not_that_one(ULONG x) {
  const ULONG tag = choose(x);
  if (tag == TAG('N', 'r', 'b', 'e')) return 0;
  return ExAllocatePoolWithTag(PagedPool, 24, tag);
}
EXPORT PVOID NTAPI in_a_row(ULONG x) {
  ULONG tag;
  switch (x) {
    case 0: tag = TAG('T', 'r', '0', 'c'); break;
    case 1: tag = TAG('T', 'r', '1', 'c'); break;
    case 2: tag = TAG('T', 'r', '2', 'c'); break;
    default: tag = TAG('T', 'r', 'd', 'c'); break;
  }
  return ExAllocatePoolWithTag(PagedPool, 32, tag);
}
EXPORT PVOID NTAPI beside_constant(ULONG x, ULONG y) {
  return ExAllocatePoolWithTag(PagedPool, 40, y ? TAG('T', 'r', 'k', 'd') : TAG('T', 'r', '0', 'd') + ((x & 3) << 16));
}
EXPORT PVOID NTAPI middle_bits(ULONG x) { return ExAllocatePoolWithTag(PagedPool, 48, TAG('T', 'r', '0', 'e') + ((x & 24) << 13)); }
EXPORT PVOID NTAPI counts_down(ULONG x) { return ExAllocatePoolWithTag(PagedPool, 56, TAG('T', 'r', '3', 'f') - ((x & 3) << 16)); }
EXPORT PVOID NTAPI by_sign(LONG x) { return ExAllocatePoolWithTag(PagedPool, 64, x < 0 ? TAG('T', 'r', 'n', 'g') : TAG('T', 'r', 'p', 'g')); }
EXPORT PVOID NTAPI beside_any(ULONG x, ULONG y) {
  return ExAllocatePoolWithTag(PagedPool, 80, y ? TAG('T', 'r', 'k', 'i') : TAG('T', 'r', '0', 'i') + (x << 16));
}
EXPORT PVOID NTAPI rotated(void) {
  volatile ULONG kept = TAG('h', 'T', 'r', '1');
  const ULONG tag = kept;
  return ExAllocatePoolWithTag(PagedPool, 72, tag >> 8 | tag << 24);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

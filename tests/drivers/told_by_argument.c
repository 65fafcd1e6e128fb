/* What a function returns for what is known of its arguments: a number that one call passes beside one that nobody knows, one
   that the caller has excluded, a bit that it has set, few numbers that choose among the cases of a switch. */
#include "kernel.h"
KEEP static ULONG not_five(ULONG x) {
  opaque = 1;
  return x == 5 ? TAG('N', 't', 'a', '5') : TAG('T', 't', 'a', 'e');
}
KEEP static ULONG first_of_two(ULONG x, ULONG y) {
  if (x) return TAG('N', 't', 'b', 'x');
  opaque = 2;
  if (y) return TAG('T', 't', 'b', 'y');
  return TAG('T', 't', 'b', 'z');
}
KEEP static ULONG by_bit(ULONG x) {
  opaque = 3;
  return x & 1 ? TAG('T', 't', 'c', '1') : TAG('N', 't', 'c', '0');
}
KEEP static ULONG by_case(ULONG x) {
  switch (x) {
    case 0: opaque = 4; return TAG('T', 't', 'd', '0');
    case 1: opaque = 5; return TAG('T', 't', 'd', '1');
    case 2: opaque = 6; return TAG('N', 't', 'd', '2');
    case 3: opaque = 7; return TAG('T', 't', 'd', '3');
    case 4: opaque = 8; return TAG('N', 't', 'd', '4');
    default: opaque = 9; return TAG('N', 't', 'd', 'd');
  }
}
KEEP static ULONG below(ULONG x) {
  opaque = 10;
  return x >= 3 ? TAG('N', 't', 'e', '3') : TAG('T', 't', 'e', '0');
}
EXPORT PVOID NTAPI excluded(ULONG x) {
  if (x == 5) return 0;
  return ExAllocatePoolWithTag(PagedPool, 16, not_five(x));
}
EXPORT PVOID NTAPI beside_unknown(ULONG x) { return ExAllocatePoolWithTag(PagedPool, 24, first_of_two(0, x)); }
EXPORT PVOID NTAPI bit_set(ULONG x) { return ExAllocatePoolWithTag(PagedPool, 32, by_bit(x | 1)); }
EXPORT PVOID NTAPI few_cases(ULONG x) {
  if (x == 2 || x >= 4) return 0;
  return ExAllocatePoolWithTag(PagedPool, 40, by_case(x));
}
EXPORT PVOID NTAPI bounded(ULONG x) {
  if (x >= 3) return 0;
  return ExAllocatePoolWithTag(PagedPool, 48, below(x));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

/* An element of an array in the frame, chosen by a number, is overwritten, and the number is asked again: which element is the
   new one is an assumption then. Digits of a sum that a loop of ten rounds makes. */
#include "kernel.h"
EXPORT PVOID NTAPI asked_again(ULONG x) {
  ULONG tags[2];
  tags[0] = TAG('X', 'e', 'o', '0');
  tags[1] = TAG('X', 'e', 'o', '1');
  opaque = x;
  tags[x & 1] = TAG('T', 'e', 'o', 'n');
  if (!(x & 1)) return 0;
  return ExAllocatePoolWithTag(PagedPool, 16, tags[1]);
}
EXPORT PVOID NTAPI not_asked(ULONG x) {
  ULONG tags[2];
  tags[0] = TAG('T', 'e', 'o', '2');
  tags[1] = TAG('N', 'e', 'o', '3');
  opaque = x;
  tags[x & 1] = TAG('T', 'e', 'o', 'm');
  return ExAllocatePoolWithTag(PagedPool, 24, tags[0]);
}
EXPORT PVOID NTAPI digit(void) {
  ULONG sum = 0;
  for (ULONG i = 0; i < 10; ++i) sum = (sum + i) % 10;
  return ExAllocatePoolWithTag(PagedPool, 32, TAG('T', 'e', 'd', '0') + (sum << 24));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

/* Ways that no number takes: one beyond the bound, one behind all that a mask leaves, one beside a range. */
#include "kernel.h"
EXPORT PVOID NTAPI beyond(ULONG x) {
  if (x > 3) return 0;
  opaque = 1;
  if (x == 7) return ExAllocatePoolWithTag(PagedPool, 16, TAG('N', 'e', 'x', '0'));
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 24, TAG('T', 'e', 'x', '0'));
}
EXPORT PVOID NTAPI behind(ULONG x) {
  x &= 3;
  if (x == 0) return ExAllocatePoolWithTag(PagedPool, 32, TAG('T', 'e', 'x', '1'));
  opaque = 1;
  if (x < 4) return ExAllocatePoolWithTag(PagedPool, 40, TAG('T', 'e', 'x', '2'));
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 48, TAG('N', 'e', 'x', '1'));
}
EXPORT PVOID NTAPI beside(ULONG x) {
  if (x - 1 > 4) return 0;
  opaque = 1;
  if (x > 5) return ExAllocatePoolWithTag(PagedPool, 56, TAG('N', 'e', 'x', '2'));
  opaque = 2;
  return ExAllocatePoolWithTag(PagedPool, 64, TAG('T', 'e', 'x', '3'));
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

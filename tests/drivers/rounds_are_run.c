/* Loops of which the code says how many rounds they run: what stood there before the first is not passed, nor what stood
   there between them. */
#include "kernel.h"
KEEP void overwritten(void) {
  ULONG tag = TAG('R', 'a', 'O', '0');
  for (int i = 0; i < 4; ++i) tag = TAG('R', 'a', 'r', '1');
  ExAllocatePoolWithTag(PagedPool, 24, tag);
}
KEEP void counted(void) {
  ULONG tag = TAG('R', 'a', 'r', '2');
  for (int i = 0; i < 3; ++i) tag += 0x01000000;
  ExAllocatePoolWithTag(PagedPool, 32, tag);
}
KEEP void kept_in_elements(void) {
  volatile ULONG tags[8];
  tags[3] = TAG('R', 'a', 'O', '3');
  for (int i = 0; i < 8; ++i) tags[i] = TAG('R', 'a', 'r', '3');
  ExAllocatePoolWithTag(PagedPool, 40, tags[3]);
}
DRIVER_ENTRY {
  (void)driver, (void)registry_path;
  overwritten(), counted(), kept_in_elements();
  return 0;
}

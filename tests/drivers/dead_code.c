/* Behind an unconditional jump: the call is there, no path leads to it. */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 40, TAG('L', 'i', 'v', 'e'));
  opaque = a != 0;
#if defined(__aarch64__)
  __asm__ volatile goto("b %l0" : : : : out);
#else
  __asm__ volatile goto("jmp %l0" : : : : out);
#endif
  {
    PVOID b = ExAllocatePoolWithTag(NonPagedPool, 40, TAG('D', 'e', 'a', 'd'));
    opaque = b != 0;
  }
out:
  return 0;
}

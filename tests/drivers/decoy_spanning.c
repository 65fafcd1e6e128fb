/* The four letters lie across two instructions: the end of one's constant and the next one's code (`push r8` is "AP"). */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('S', 'n', 'O', 'k')) != 0;
  __asm__ volatile("movl $0x6E532000, %%eax\n\tpushq %%r8\n\tpopq %%r8" : : : "rax", "memory");
  return 0;
}

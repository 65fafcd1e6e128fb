/* The four letters lie across two instructions: the end of one's constant and the next one's code (`push r8`, on x86 `inc ecx; push eax`, is "AP"). */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('S', 'n', 'O', 'k')) != 0;
#if defined(__i386__)
  __asm__ volatile("movl $0x6E532000, %%eax\n\tincl %%ecx\n\tpushl %%eax\n\tpopl %%eax" : : : "eax", "ecx", "memory");
#else
  __asm__ volatile("movl $0x6E532000, %%eax\n\tpushq %%r8\n\tpopq %%r8" : : : "rax", "memory");
#endif
  return 0;
}

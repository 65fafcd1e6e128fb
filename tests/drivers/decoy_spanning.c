/* The four letters lie across two instructions: the end of one's constant and the next one's code (`push r8`, on x86
   `inc ecx; push eax`, is "AP"; `add w1, w2, #20` begins with it on ARM64, and `sqrdmlah v0.8h, …` ends in "Sn"). */
#include "kernel.h"
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  opaque = ExAllocatePoolWithTag(NonPagedPool, 16, TAG('S', 'n', 'O', 'k')) != 0;
#if defined(__aarch64__)
  __asm__ volatile(".inst 0x6E538400\n\t.inst 0x11005041" : : : "x1", "memory");
#elif defined(__i386__)
  __asm__ volatile("movl $0x6E532000, %%eax\n\tincl %%ecx\n\tpushl %%eax\n\tpopl %%eax" : : : "eax", "ecx", "memory");
#else
  __asm__ volatile("movl $0x6E532000, %%eax\n\tpushq %%r8\n\tpopq %%r8" : : : "rax", "memory");
#endif
  return 0;
}

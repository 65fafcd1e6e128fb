/* Signatures: written into memory that was allocated, and compared with what a table in memory begins with. */
#include "kernel.h"
typedef struct { ULONG signature, length; volatile ULONG state; } HEADER;
DRIVER_ENTRY {
  (void)registry_path;
  HEADER* mine = ExAllocatePoolWithTag(NonPagedPool, sizeof *mine, TAG('D', 's', 'O', 'k'));
  if (!mine) return -1;
  mine->signature = TAG('D', 's', 'W', 'r');
  mine->length = TAG('D', 's', 'L', 'n');
  mine->state = TAG('D', 's', 'S', 't');
  const HEADER* table = (const HEADER*)driver;
  if (table->signature == TAG('D', 's', 'C', 'm') || table->signature == TAG('D', 's', 'C', 'n')) opaque = table->length;
  return 0;
}

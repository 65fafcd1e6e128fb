/* One field of a global structure is the tag; its neighbours hold printable numbers as well. */
#include "kernel.h"
typedef struct { ULONG signature, tag, limit; } CONFIG;
volatile CONFIG config;
KEEP PVOID grow(SIZE_T bytes) { return bytes < config.limit ? ExAllocatePoolWithTag(NonPagedPool, bytes, config.tag) : 0; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  config.signature = TAG('G', 'f', 'S', 'g');
  config.tag = TAG('G', 'f', 'T', 'g');
  config.limit = TAG('G', 'f', 'L', 'm');
  PVOID a = grow(opaque);
  opaque = a != 0;
  return 0;
}

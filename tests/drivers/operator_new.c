/* What operator new(size, pool, tag) and a constructor look like. */
#include "kernel.h"
typedef struct { ULONG signature, state; } DEVICE;
KEEP PVOID operator_new(SIZE_T bytes, int type, ULONG tag) {
  if (bytes == 0) bytes = 1;
  PVOID p = ExAllocatePoolWithTag(type, bytes, tag);
  if (p) *(volatile UCHAR*)p = 0;
  return p;
}
KEEP DEVICE* construct(DEVICE* self, ULONG state) {
  self->signature = TAG('S', 'g', 'n', 't');
  self->state = state;
  return self;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  DEVICE* device = operator_new(sizeof *device, NonPagedPoolNx, TAG('O', 'p', 'N', 'w'));
  if (device) device = construct(device, TAG('S', 't', 'a', 't'));
  opaque = device != 0;
  return 0;
}

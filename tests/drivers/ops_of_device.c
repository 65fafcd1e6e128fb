/* A device in a global has a pointer to its operations, one of which says the tag. */
#include "kernel.h"
typedef struct DEVICE DEVICE;
typedef struct { void (*start)(DEVICE* device); ULONG (*get_tag)(void); } OPERATIONS;
struct DEVICE { ULONG id, state; const OPERATIONS* operations; };
KEEP void start(DEVICE* device) { device->state = 1; }
KEEP ULONG disk_tag(void) { return opaque > 5 ? TAG('O', 'd', 'D', '1') : TAG('O', 'd', 'D', '2'); }
KEEP ULONG port_tag(void) { opaque = 3; return TAG('O', 'd', 'P', 'o'); }
static const OPERATIONS disk_operations = {start, disk_tag}, port_operations = {start, port_tag};
DEVICE disk = {1, 0, &disk_operations}, port = {2, 0, 0};
KEEP void prepare(DEVICE* device) {
  opaque = ExAllocatePoolWithTag(NonPagedPool, 24, device->operations->get_tag()) != 0;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  port.operations = &port_operations;
  prepare(&disk);
  prepare(&port);
  return 0;
}

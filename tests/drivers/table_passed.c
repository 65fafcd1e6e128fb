/* A table on the stack is passed to two functions, each of which takes some of its elements by an index; a third gets a pointer
   into it. A tag behind a pointer that stands in a structure: of a local, and through one function more. */
#include "kernel.h"
KEEP static PVOID first_half(const ULONG* tags, ULONG x) { return ExAllocatePoolWithTag(PagedPool, 16, tags[x & 1]); }
KEEP static PVOID second_half(const ULONG* tags, ULONG x) { return ExAllocatePoolWithTag(PagedPool, 24, tags[2 + (x & 1)]); }
KEEP static PVOID passed_on(const ULONG* tags, ULONG x) {
  opaque = x;
  return second_half(tags + 2, x);
}
typedef struct { ULONG count, tag; } SETTINGS;
typedef struct { ULONG state; const SETTINGS* settings; } DEVICE;
KEEP static PVOID of_device(const DEVICE* device) { return ExAllocatePoolWithTag(PagedPool, 32, device->settings->tag); }
KEEP static PVOID of_device_later(const DEVICE* device) {
  opaque = device->state;
  return of_device(device);
}
EXPORT PVOID NTAPI passes_table(ULONG x) {
  ULONG tags[6];
  tags[0] = TAG('T', 't', 'p', '0');
  tags[1] = TAG('T', 't', 'p', '1');
  tags[2] = TAG('T', 't', 'p', '2');
  tags[3] = TAG('T', 't', 'p', '3');
  tags[4] = TAG('T', 't', 'p', '4');
  tags[5] = TAG('T', 't', 'p', '5');
  if (first_half(tags, x)) return 0;
  if (second_half(tags, x + 1)) return 0;
  return passed_on(tags, x + 2);
}
EXPORT PVOID NTAPI passes_device(ULONG x) {
  SETTINGS settings;
  DEVICE device;
  settings.count = x;
  settings.tag = TAG('T', 't', 'p', 'd');
  device.state = x;
  device.settings = &settings;
  return of_device_later(&device);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

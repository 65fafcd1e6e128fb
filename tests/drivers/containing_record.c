/* Whoever gets the address of a member finds the structure around it, and the members below. */
#include "kernel.h"
typedef struct { PVOID next; } LINK;
typedef struct { volatile ULONG tag; ULONG space; LINK link; } OBJECT;
#define OBJECT_OF(member) ((OBJECT *)((UCHAR *)(member) - __builtin_offsetof(OBJECT, link)))
typedef void (*VISIT)(LINK *link);
LINK *volatile kept;
KEEP void rename(LINK *link) {
  OBJECT_OF(link)->tag = TAG('C', 'r', 'N', 'w');
  KeQueryTimeIncrement();
}
KEEP void change(LINK *link) {
  OBJECT_OF(link)->tag = opaque;
  KeQueryTimeIncrement();
}
volatile VISIT visit = change;
KEEP void renamed(void) {
  OBJECT object;
  object.tag = TAG('C', 'r', 'X', '1');
  object.link.next = 0;
  rename(&object.link);
  ExAllocatePoolWithTag(PagedPool, 24, object.tag);
}
KEEP void visited(void) {
  OBJECT object;
  object.tag = TAG('C', 'r', 'V', 'i');
  object.link.next = 0;
  visit(&object.link);
  ExAllocatePoolWithTag(PagedPool, 32, object.tag);
}
KEEP void listed(void) {
  OBJECT object;
  kept = &object.link;
  object.tag = TAG('C', 'r', 'L', 'i');
  OBJECT_OF(kept)->tag = opaque;
  ExAllocatePoolWithTag(PagedPool, 40, object.tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  renamed();
  visited();
  listed();
  return 0;
}

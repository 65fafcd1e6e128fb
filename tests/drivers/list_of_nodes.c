/* Nodes in the image that lead to one another: all of them are walked, the second alone is asked for, and a ring is gone
   round. */
#include "kernel.h"
typedef struct NODE {
  const struct NODE *next;
  ULONG tag;
} NODE;
static const NODE walked2 = {0, TAG('L', 'n', 'w', '2')};
static const NODE walked1 = {&walked2, TAG('L', 'n', 'w', '1')};
static const NODE walked0 = {&walked1, TAG('L', 'n', 'w', '0')};
static const NODE *volatile walked = &walked0;
static const NODE asked2 = {0, TAG('L', 'n', 'a', '2')};
static const NODE asked1 = {&asked2, TAG('L', 'n', 'a', '1')};
static const NODE asked0 = {&asked1, TAG('L', 'n', 'a', '0')};
static const NODE *volatile asked = &asked0;
static NODE ring1;
static NODE ring0 = {&ring1, TAG('L', 'n', 'r', '0')};
static NODE ring1 = {&ring0, TAG('L', 'n', 'r', '1')};
static NODE *volatile ring = &ring0;
KEEP void walk(void) {
  for (const NODE *at = walked; at; at = at->next) opaque += ExAllocatePoolWithTag(PagedPool, 16, at->tag) != 0;
}
KEEP void ask(void) { opaque += ExAllocatePoolWithTag(PagedPool, 32, asked->next->tag) != 0; }
KEEP void go_round(void) {
  const NODE *at = ring;
  for (ULONG i = opaque; i; --i, at = at->next) opaque += ExAllocatePoolWithTag(PagedPool, 48, at->tag) != 0;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  walk();
  ask();
  go_round();
  return 0;
}

/* Objects with a table of functions, as C++ has them: each class returns a tag of its own. The function that allocates gets an
   object, from its caller or from that one's caller, and calls through the table. A class of which no object is made gives no
   tag, nor does one whose objects come only where nothing is allocated.
   If the tag is asked for before that is decided, what all callers pass decides it.
   A constructor may fill in the pointer to the table. */
#include "kernel.h"
typedef struct OBJECT OBJECT;
typedef struct { void (*other)(OBJECT* self); ULONG (*tag)(OBJECT* self); } TABLE;
struct OBJECT { const TABLE* table; ULONG data; };
KEEP void other(OBJECT* self) { opaque = self->data; }
KEEP ULONG first(OBJECT* self) { opaque = self->data; return TAG('V', 't', 'F', 'i'); }
KEEP ULONG second(OBJECT* self) { opaque = self->data; return TAG('V', 't', 'S', 'e'); }
KEEP ULONG deep(OBJECT* self) { opaque = self->data; return TAG('V', 't', 'D', 'e'); }
KEEP ULONG never(OBJECT* self) { opaque = self->data; return TAG('V', 't', 'N', 'e'); }
KEEP ULONG idle(OBJECT* self) { opaque = self->data; return TAG('V', 't', 'I', 'd'); }
KEEP ULONG built(OBJECT* self) { opaque = self->data; return TAG('V', 't', 'B', 'u'); }
KEEP ULONG late(OBJECT* self) { opaque = self->data; return TAG('V', 't', 'L', 'a'); }
static const TABLE built_table = {other, built}, late_table = {other, late};
static const TABLE first_table = {other, first}, second_table = {other, second}, deep_table = {other, deep}, idle_table = {other, idle};
const TABLE never_table = {other, never};
KEEP void use(OBJECT* object, ULONG bytes) {
  if (bytes == 0) return;
  opaque = ExAllocatePoolWithTag(PagedPool, bytes, object->table->tag(object)) != 0;
}
KEEP void use_late(OBJECT* object, ULONG bytes) {
  ULONG tag = object->table->tag(object);
  if (bytes == 0) return;
  opaque = ExAllocatePoolWithTag(PagedPool, bytes, tag) != 0;
}
KEEP void construct(OBJECT* object) { object->table = &built_table; object->data = 5; }
KEEP void through(OBJECT* object) { use(object, 48); }
KEEP void make_first(void) { OBJECT object = {&first_table, 1}; use(&object, 16); }
KEEP void make_second(void) { OBJECT object = {&second_table, 2}; use(&object, 32); }
KEEP void make_deep(void) { OBJECT object = {&deep_table, 3}; through(&object); }
KEEP void make_idle(void) { OBJECT object = {&idle_table, 4}; use(&object, 0); }
KEEP void make_built(void) { OBJECT object; construct(&object); use(&object, 80); }
KEEP void make_late(void) { OBJECT object = {&late_table, 6}; use_late(&object, 96); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  make_first();
  make_second();
  make_deep();
  make_idle();
  make_built();
  make_late();
  opaque = never_table.tag != 0;
  return 0;
}

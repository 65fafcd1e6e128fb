/* As virtual_tag, but the pointer to the table is overwritten before the call: by what nobody knows, by a function that may
   do so, or by the function itself, which also fills in the table of another object. What was there before may be gone. */
#include "kernel.h"
typedef struct OBJECT OBJECT;
typedef struct { ULONG (*tag)(OBJECT* self); } TABLE;
struct OBJECT { const TABLE* table; ULONG data; };
KEEP ULONG gone(OBJECT* self) { opaque = self->data; return TAG('V', 'o', 'G', 'o'); }
KEEP ULONG maybe(OBJECT* self) { opaque = self->data; return TAG('V', 'o', 'M', 'a'); }
KEEP ULONG old(OBJECT* self) { opaque = self->data; return TAG('V', 'o', 'O', 'l'); }
KEEP ULONG put(OBJECT* self) { opaque = self->data; return TAG('V', 'o', 'P', 'u'); }
static const TABLE gone_table = {gone}, maybe_table = {maybe};
const TABLE* volatile unknown_table;
static void (*volatile unknown_function)(OBJECT* object);
KEEP void use(OBJECT* object) { opaque = ExAllocatePoolWithTag(PagedPool, 16, object->table->tag(object)) != 0; }
KEEP void use_doubtful(OBJECT* object) { opaque = ExAllocatePoolWithTag(PagedPool, 32, object->table->tag(object)) != 0; }
KEEP void overwrite(OBJECT* object) {
  ((TABLE*)object->table)->tag = put;
  opaque = ExAllocatePoolWithTag(PagedPool, 48, object->table->tag(object)) != 0;
}
KEEP void make_gone(void) { OBJECT object = {&gone_table, 1}; object.table = unknown_table; use(&object); }
KEEP void make_maybe(void) { OBJECT object = {&maybe_table, 2}; unknown_function(&object); use_doubtful(&object); }
KEEP void make_old(void) { TABLE table = {old}; OBJECT object = {&table, 3}; overwrite(&object); }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  make_gone();
  make_maybe();
  make_old();
  opaque = gone_table.tag != 0;
  return 0;
}

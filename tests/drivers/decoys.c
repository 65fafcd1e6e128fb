/* Bytes that look like tags and are none: text, a compare, a value overwritten before the call, an unused constant. */
#include "kernel.h"
const char text[] = "Devi Leak Symb Time File";
volatile const char* shown;
NOINLINE ULONG compare(ULONG value) { return value == TAG('C', 'm', 'p', 'O') ? 1u : 2u; }
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  shown = text;
  volatile ULONG tag = TAG('O', 'v', 'e', 'r');
  tag = TAG('R', 'e', 'a', 'l');
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, compare(opaque), tag);
  opaque = a != 0;
  opaque = TAG('N', 'o', 't', 'T');
  return 0;
}

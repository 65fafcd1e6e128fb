/* The bytes of a tag in a text, in a text of 16-bit letters and in a table of names; none is used as tag. */
#include "kernel.h"
static const char text[] = "unable to load TxtA, see the log";
static const unsigned short wide[] = L"TxtWTxtW";
static const char* const names[] = {"TxtN", "TxtM", "Text"};
const char* volatile shown;
DRIVER_ENTRY {
  (void)driver;
  shown = names[opaque % 3];
  if (opaque) shown = text;
  RtlInitUnicodeString(registry_path, wide);
  opaque = ExAllocatePoolWithTag(NonPagedPool, sizeof text, TAG('T', 'x', 'O', 'k')) != 0;
  return 0;
}

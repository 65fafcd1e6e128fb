/* The buffers of counted strings go back by functions that take no tag. */
#include "kernel.h"
static UNICODE_STRING wide, narrow;
KEEP void fill(UNICODE_STRING* string, PVOID buffer) {
  string->Length = 0;
  string->MaximumLength = 64;
  string->Buffer = buffer;
  opaque = 1;
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  fill(&wide, ExAllocatePoolWithTag(PagedPool, 64, TAG('S', 'f', 'r', 'W')));
  fill(&narrow, ExAllocatePoolWithTag(PagedPool, 64, TAG('S', 'f', 'r', 'A')));
  if (opaque) RtlFreeUnicodeString(&wide);
  RtlFreeAnsiString(&narrow);
  return 0;
}

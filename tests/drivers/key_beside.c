/* A key among words that are written, each by itself: nothing writes the key. Of another one the store of the word before
   it writes the first bytes. */
#include "kernel.h"

typedef struct { PVOID before; ULONG flag, key; PVOID behind; } Guarded;
static volatile Guarded guarded = {0, 1, 0x5A5A1234, 0};

typedef union { struct { ULONG flag, key; } one; ULONG64 both; } Overwritten;
static volatile Overwritten overwritten = {{1, 0x5A5A4321}};

KEEP void write_beside(ULONG x) {
  guarded.flag = x;
  guarded.before = (PVOID)&opaque;
  guarded.behind = (PVOID)&opaque;
  guarded.flag |= 2;
}

KEEP void write_over(ULONG64 x) { overwritten.both = x; }

DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  write_beside(opaque);
  ULONG tag = TAG('K', 'b', 'e', '0') ^ guarded.key;
  opaque = tag;
  PVOID a = ExAllocatePoolWithTag(PagedPool, 24, tag ^ guarded.key);
  ULONG other = TAG('K', 'b', 'e', '1') ^ overwritten.one.key;
  opaque = other;
  write_over(opaque);
  PVOID b = ExAllocatePoolWithTag(PagedPool, 32, other ^ overwritten.one.key);
  opaque = a != 0 && b != 0;
  return 0;
}

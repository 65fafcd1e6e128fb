/* One letter of a tag in a local is replaced, at a place that a mask leaves few of: the tag is never passed as it was. Of a
   number beside it nothing changes. Letters that are replaced on two paths go together. Where letters are walked over, nobody knows how far, it is hardly what it was. */
#include "kernel.h"
typedef union { UCHAR letter[4]; ULONG tag; } TEXT;
EXPORT PVOID NTAPI one_of_two(ULONG x) {
  TEXT text = {{'N', 'l', 'r', 'a'}};
  text.letter[x & 1] = 'q';
  return ExAllocatePoolWithTag(PagedPool, 16, text.tag);
}
EXPORT PVOID NTAPI one_of_four(ULONG x) {
  TEXT text = {{'N', 'l', 'r', 'b'}};
  text.letter[x & 3] = 'q';
  return ExAllocatePoolWithTag(PagedPool, 24, text.tag);
}
EXPORT PVOID NTAPI behind_first(ULONG x) {
  TEXT text = {{'N', 'l', 'r', 'c'}};
  text.letter[1 + (x & 1)] = 'q';
  return ExAllocatePoolWithTag(PagedPool, 32, text.tag);
}
EXPORT PVOID NTAPI beside(ULONG x) {
  TEXT first, second;
  first.tag = TAG('T', 'l', 'r', 'd');
  second.tag = TAG('N', 'l', 'r', 'e');
  second.letter[x & 3] = 'q';
  opaque = second.tag;
  return ExAllocatePoolWithTag(PagedPool, 40, first.tag);
}
EXPORT PVOID NTAPI walked(ULONG x) {
  TEXT text = {{'N', 'l', 'r', 'f'}};
  UCHAR* to = text.letter;
  for (const char* from = x ? "Tlrg" : "Tlrh"; *from; ++from, ++to) {
    if (*from != 'l') *to = (UCHAR)*from;
  }
  return ExAllocatePoolWithTag(PagedPool, 48, text.tag);
}
EXPORT PVOID NTAPI on_two_paths(ULONG x) {
  volatile TEXT text = {{'N', 'l', 'r', 'i'}};
  if (x) text.letter[0] = 'T'; else text.letter[3] = 'j';
  return ExAllocatePoolWithTag(PagedPool, 56, text.tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

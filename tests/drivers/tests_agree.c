/* What is tested twice: the tag that was chosen on one side of a test is not that of the other side, where the same number is
   tested again; nor is the one that goes with another number in a variable that only the code sets. */
#include "kernel.h"
EXPORT PVOID NTAPI same_bound(ULONG x) {
  ULONG tag = TAG('N', 'a', 'a', 'l');
  if (x > 500) tag = TAG('T', 'a', 'a', 'g');
  opaque = 1;
  if (x > 500) return ExAllocatePoolWithTag(PagedPool, 16, tag);
  return 0;
}
EXPORT PVOID NTAPI other_bound(ULONG x) {
  ULONG tag = x < 300 ? TAG('N', 'a', 'b', 'l') : x < 900 ? TAG('T', 'a', 'b', 'm') : TAG('T', 'a', 'b', 'g');
  opaque = 2;
  if (x >= 700) return ExAllocatePoolWithTag(PagedPool, 24, tag);
  return 0;
}
EXPORT PVOID NTAPI small_flag(UCHAR on) {
  ULONG tag = TAG('N', 'a', 'c', '0');
  if (on) tag = TAG('T', 'a', 'c', '1');
  opaque = 3;
  return on ? ExAllocatePoolWithTag(PagedPool, 32, tag) : 0;
}
EXPORT PVOID NTAPI pointer(volatile ULONG *p) {
  ULONG tag = p ? TAG('T', 'a', 'd', 'p') : TAG('N', 'a', 'd', '0');
  opaque = 4;
  if (!p) return 0;
  return ExAllocatePoolWithTag(PagedPool, *p, tag);
}
EXPORT PVOID NTAPI result(void) {
  ULONG level = KeQueryTimeIncrement(), tag = TAG('T', 'a', 'e', 'l');
  if (level >= 200) tag = TAG('N', 'a', 'e', 'h');
  opaque = 5;
  if (level >= 200) return 0;
  return ExAllocatePoolWithTag(PagedPool, 40, tag);
}
EXPORT PVOID NTAPI local_copy(const ULONG *from) {
  ULONG mode = *from, tag = TAG('N', 'a', 'f', 'o');
  if (mode == 7) tag = TAG('T', 'a', 'f', '7');
  opaque = 6;
  if (mode != 7) return 0;
  return ExAllocatePoolWithTag(PagedPool, 48, tag);
}
EXPORT PVOID NTAPI found_in_loop(const ULONG *list, ULONG n) {
  ULONG found = 0, tag = TAG('N', 'a', 'g', '0'), i;
  for (i = 0; i < n; ++i) {
    if (list[i] != 77) continue;
    found = 1;
    tag = TAG('T', 'a', 'g', '1');
  }
  return found ? ExAllocatePoolWithTag(PagedPool, 56, tag) : 0;
}
EXPORT PVOID NTAPI two_variables(ULONG x) {
  ULONG mode = x & 4 ? 3 : 8, tag = x & 4 ? TAG('T', 'a', 'h', '3') : TAG('N', 'a', 'h', '8');
  opaque = 7;
  if (mode == 8) return 0;
  return ExAllocatePoolWithTag(PagedPool, 64, tag);
}
/* Read again it may be another number. */
EXPORT PVOID NTAPI read_again(volatile ULONG *mode) {
  ULONG tag = TAG('T', 'a', 'i', 'o');
  if (*mode == 7) tag = TAG('T', 'a', 'i', '7');
  opaque = 8;
  if (*mode != 7) return 0;
  return ExAllocatePoolWithTag(PagedPool, 72, tag);
}
/* In each round it is what the call returns in this round. */
EXPORT PVOID NTAPI asked_again(ULONG n) {
  ULONG tag = TAG('T', 'a', 'j', 'l'), level = 0;
  PVOID last = 0;
  while (n--) {
    if (level >= 200) tag = TAG('T', 'a', 'j', 'h');
    level = KeQueryTimeIncrement();
    opaque = 9;
    if (level >= 200) continue;
    last = ExAllocatePoolWithTag(PagedPool, 80, tag);
  }
  return last;
}
/* What the call returned in the round before is not what it returns now. */
EXPORT PVOID NTAPI round_before(ULONG n) {
  ULONG tag = TAG('T', 'a', 'k', 'l'), level = 0, before;
  PVOID last = 0;
  while (n--) {
    before = level;
    level = KeQueryTimeIncrement();
    opaque = 10;
    tag = TAG('T', 'a', 'k', 'h');
    if (level < 200) {
      opaque = 12;
      tag = TAG('W', 'u', '9', 'm');
    }
    if (before < 200) last = ExAllocatePoolWithTag(PagedPool, 88, tag);
  }
  return last;
}
/* Nor is a copy that was made in the round before. */
EXPORT PVOID NTAPI copied(volatile ULONG *list) {
  ULONG mode, was = 0, tag = TAG('T', 'a', 'm', 'l');
  PVOID last = 0;
  while (list[0]) {
    if (was > 40) tag = TAG('T', 'a', 'm', 'h');
    opaque = 11;
    mode = list[1];
    if (mode <= 40) opaque = 13;
    if (was > 90) opaque = 14;
    if (mode <= 40) last = ExAllocatePoolWithTag(PagedPool, 96, tag);
    was = mode;
  }
  return last;
}
EXPORT PVOID NTAPI counted(ULONG n) {
  PVOID last = 0;
  ULONG i;
  for (i = 0; i < 3; ++i) {
    ULONG tag = i == 0   ? TAG('T', 'a', 'n', 'p')
                : i == 1 ? TAG('T', 'o', 'n', '1')
                : i == 2 ? TAG('W', 'a', 'n', '2')
                         : TAG('N', 'a', 'n', '3');
    opaque = n;
    last = ExAllocatePoolWithTag(PagedPool, 104, tag);
  }
  return last;
}
/* What is tested is a constant of the build. */
static const int traces = 0;
EXPORT PVOID NTAPI build_constants(SIZE_T n) {
  ULONG tag = TAG('T', 'a', 'q', '0');
  if (traces) tag = TAG('N', 'a', 'q', '1');
  return ExAllocatePoolWithTag(PagedPool, n, tag);
}
DRIVER_ENTRY {
  (void)driver; (void)registry_path;
  return 0;
}

/* A letter that is made at run time: a pattern when it may be any, each tag when it is one of a few. */
#include "kernel.h"
KEEP void fourth(ULONG letter) {
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 24, TAG('P', 't', 'n', 0) | (letter + '0') << 24);
  opaque = a != 0;
}
KEEP void third(ULONG letter) {
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 32, TAG('P', 't', 0, 'k') | (ULONG)(UCHAR)(letter + 'a') << 16);
  opaque = a != 0;
}
KEEP void first(ULONG letter) {
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 40, TAG(0, 'F', 'i', 'r') | (letter & 0xFF));
  opaque = a != 0;
}
KEEP void in_a_local(ULONG letter) {
  volatile char tag[4];
  tag[0] = 'L';
  tag[1] = 'o';
  tag[2] = 'c';
  tag[3] = (char)letter;
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 48, *(volatile ULONG *)tag);
  opaque = a != 0;
}
KEEP void one_of_four(ULONG letter) {
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 56, TAG('F', 'e', 'w', 0) | ('0' + (letter & 3)) << 24);
  opaque = a != 0;
}
/* Two letters are no pattern. */
KEEP void two(ULONG letter) {
  PVOID a = ExAllocatePoolWithTag(NonPagedPool, 64, TAG('T', 'w', 0, 0) | (letter & 0xFFFF) << 16);
  opaque = a != 0;
}
DRIVER_ENTRY {
  (void)driver;
  ULONG letter = (ULONG)(ULONG_PTR)registry_path;
  fourth(letter);
  third(letter);
  first(letter);
  in_a_local(letter);
  one_of_four(letter);
  two(letter);
  return 0;
}

/* A loop copies the letters of a name into a tag, in the function that allocates: as long as there are letters; so many;
   up to one of them; backwards. Nobody knows how many rounds the last two go, or what they copy. */
#include "kernel.h"
static const char first[] = "LilA", second[] = "LilBrown", third[] = "LilC;more", fourth[] = "DliL", fifth[] = "LilE";
char written[8] = "LilF";
static PVOID with(ULONG tag, SIZE_T bytes) {
  PVOID p = ExAllocatePoolWithTag(NonPagedPool, bytes, tag);
  opaque = p != 0;
  return p;
}
KEEP void until_the_end(void) {
  union { char letter[4]; ULONG tag; } to = {{' ', ' ', ' ', ' '}};
  for (int i = 0; i < 3 && first[i]; ++i) to.letter[i] = first[i];
  to.letter[3] = 'a';
  with(to.tag, 24);
}
KEEP void four(void) {
  ULONG tag = 0;
  for (int i = 3; i >= 0; --i) tag = tag << 8 | (UCHAR)second[i];
  with(tag, 32);
}
KEEP void up_to(void) {
  ULONG tag = 0;
  UCHAR* to = (UCHAR*)&tag;
  for (const char* from = third; *from != ';'; ++from) *to++ = (UCHAR)*from;
  with(tag, 40);
}
KEEP void backwards(void) {
  ULONG tag = 0;
  const char* from = fourth + 4;
  UCHAR* to = (UCHAR*)&tag;
  do *to++ = (UCHAR)*--from;
  while (from != fourth);
  with(tag, 48);
}
KEEP void so_many(ULONG rounds) {
  union { char letter[4]; ULONG tag; } to = {{1, 1, 1, 1}};
  for (ULONG i = 0; i < (rounds & 3); ++i) to.letter[i] = fifth[i];
  with(to.tag, 56);
}
KEEP void who_knows_what(void) {
  union { char letter[4]; ULONG tag; } to = {{1, 1, 1, 1}};
  for (int i = 0; i < 4 && written[i]; ++i) to.letter[i] = written[i];
  with(to.tag, 64);
}
DRIVER_ENTRY {
  (void)driver, (void)registry_path;
  until_the_end(), four(), up_to(), backwards(), so_many(opaque), who_knows_what();
  written[0] = (char)opaque;
  return 0;
}

#include "pe/text.hpp"

#include <doctest/doctest.h>

using namespace pe;

TEST_CASE("UTF-8 is decoded strictly, and UTF-16 comes back as it was") {
  char32_t code = 0;
  CHECK(decode_utf8("\xE2\x82\xAC!", code) == 3);
  CHECK(code == 0x20AC);
  for (const char* malformed : {"\xC0\xAF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xF5\x80\x80\x80", "\xE2\x82", "\x80",
                                "\xED\xA0\x80", "\xF4\x90\x80\x80"}) {
    CAPTURE(malformed);
    CHECK(decode_utf8(malformed, code) == 0);
    CHECK_FALSE(valid_utf8(malformed));
  }
  const std::u16string half_pair = {u'a', 0xD83D, u'b'};
  CHECK(utf16_from_utf8(utf8_from_utf16(half_pair)) == half_pair);
  CHECK(utf8_from_utf16(u"\xD83D\xDE00") == "\xF0\x9F\x98\x80");
  CHECK(utf16_from_utf8("\xF0\x9F\x98\x80") == u"\xD83D\xDE00");
  CHECK(utf16_from_utf8("a\xFF\xE2\x82z") == u"a\xFFFD\xFFFD\xFFFDz");
}

TEST_CASE("letter case is that of ASCII, whatever the locale") {
  CHECK(fold_case("NTFS.Sys [\xC3\x84") == "ntfs.sys [\xC3\x84");
  CHECK(equal_but_case("Tcpip.SYS", "tcpip.sys"));
  CHECK_FALSE(equal_but_case("tcpip.sys", "tcpip.sy"));
  CHECK_FALSE(equal_but_case("[", "{"));
}

TEST_CASE("hexadecimal digits") {
  CHECK(hex_number(0) == "0x0");
  CHECK(hex_number(0xFFFFFFFF) == "0xffffffff");
  CHECK(parse_hex("1F") == 0x1FU);
  CHECK(parse_hex("ffffffffffffffff") == ~std::uint64_t{0});
  for (const char* none : {"", "0x1f", "1g", "-1", " 1", "10000000000000000"}) CHECK_FALSE(parse_hex(none));
}

TEST_CASE("what a terminal may be shown") {
  CHECK(printable("\x1b[2Ja\x7f") == "\\x1b[2Ja\\x7f");
  CHECK(printable("\xE2\x80\xAE"
                  "exe.sys") == "\\u{202e}exe.sys");
  CHECK(printable("\xC3\x84\xFF") == "\xC3\x84\\xff");
  CHECK(file_name("C:\\Windows/a.sys") == "a.sys");
  CHECK(file_name("a.sys") == "a.sys");
}

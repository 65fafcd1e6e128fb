// What Wine cannot show: reparse tags, recall attributes, error codes, path forms.
#include "scanner/platform/windows_rules.hpp"
#include "scanner/walk/windows_entries.hpp"

#include <doctest/doctest.h>

#include "pe/text.hpp"

using namespace scanner::walk;           // NOLINT(google-build-using-namespace)
using namespace scanner::windows;        // NOLINT(google-build-using-namespace)
using namespace scanner::walk::windows;  // NOLINT(google-build-using-namespace)
using Kind = DirectoryEntry::Kind;

TEST_CASE("attributes: files, directories, devices, offline files") {
  CHECK(classify(0x20, 0, true).kind == Kind::file);
  CHECK(classify(0x80, 0, true).kind == Kind::file);
  CHECK(classify(0x10, 0, true).kind == Kind::directory);
  CHECK(classify(0x40, 0, true).kind == Kind::special);
  CHECK_FALSE(classify(0x20, 0, true).offline);
  CHECK(classify(0x1020, 0, true).offline);             // OFFLINE
  CHECK(classify(0x400020, 0x9000301A, true).offline);  // RECALL_ON_DATA_ACCESS, a cloud placeholder
  CHECK(classify(0x400020, 0x9000301A, true).kind == Kind::file);
  CHECK(classify(0x40020, 0, true).offline);                 // RECALL_ON_OPEN in a listing
  CHECK_FALSE(classify(0x40020, 0, false).offline);          // the same bit elsewhere: extended attributes
  CHECK_FALSE(classify(0x80020, 0x9000301A, true).offline);  // PINNED: always on this disk
}

TEST_CASE("reparse tags: links are links, compressed files are files, sockets are neither") {
  CHECK(classify(0x410, 0xA0000003, true).kind == Kind::link);       // junction or mount point
  CHECK(classify(0x410, 0xA000000C, true).kind == Kind::link);       // symbolic link to a directory
  CHECK(classify(0x400, 0xA000000C, true).kind == Kind::link);       // … to a file
  CHECK(classify(0x400, 0xA000001D, true).kind == Kind::link);       // WSL link
  CHECK(classify(0x410, 0, true).kind == Kind::link);                // unknown: may be a loop
  CHECK(classify(0x420, 0x80000017, true).kind == Kind::file);       // WOF
  CHECK(classify(0x420, 0x80000013, true).kind == Kind::file);       // deduplicated
  CHECK(classify(0x410, 0x9000601A, true).kind == Kind::directory);  // OneDrive's folders
  CHECK(classify(0x420, 0x8000001B, true).kind == Kind::special);    // app execution alias
  CHECK(classify(0x420, 0x80000023, true).kind == Kind::special);    // Unix socket
  CHECK(classify(0x420, 0x80000024, true).kind == Kind::special);    // WSL FIFO
  const Classified on_tape = classify(0x420, 0xC0000004, true);
  CHECK(on_tape.kind == Kind::file);
  CHECK(on_tape.offline);
  CHECK(classify(0x20, 0xA0000003, true).kind == Kind::file);  // without the attribute the field means something else
}

TEST_CASE("file ids: what is the same for many files is not known") {
  CHECK(file_id(0) == 0);
  CHECK(file_id(0xFFFFFFFFFFFFFFFF) == 0);  // FILE_INVALID_FILE_ID
  CHECK(file_id(0x0005000000000005) == 0x0005000000000005);
  CHECK(file_id(0xFFFFFFFFFFFFFFFE) == 0xFFFFFFFFFFFFFFFE);
}

TEST_CASE("error codes") {
  CHECK(classify_error(2) == Failure::missing);
  CHECK(classify_error(3) == Failure::missing);
  CHECK(classify_error(53) == Failure::missing);
  CHECK(classify_error(5) == Failure::denied);
  CHECK(classify_error(32) == Failure::locked);
  CHECK(classify_error(33) == Failure::locked);
  CHECK(classify_error(362) == Failure::offline);  // the cloud provider is not running
  CHECK(classify_error(4350) == Failure::offline);
  CHECK(classify_error(23) == Failure::other);  // CRC
  CHECK(describe_error(2) == "no such file or directory");
  CHECK(describe_error(225).find("virus") != std::string_view::npos);
  CHECK(describe_error(23).empty());
}

TEST_CASE("path forms") {
  CHECK(is_plain_absolute(u"C:\\Windows\\x.sys"));
  CHECK(is_plain_absolute(u"c:/Windows/x.sys"));
  CHECK(is_plain_absolute(u"C:\\"));
  CHECK(is_plain_absolute(u"C:\\a\\"));
  CHECK(is_plain_absolute(u"C:\\ends with dot.\\x. "));
  for (const char16_t* path : {u"C:", u"C:x", u"x", u"\\x", u"C:\\a\\..\\b", u"C:\\.\\b", u"C:\\a\\.", u"C:\\a\\\\b",
                               u"\\\\server\\share", u"\\\\?\\C:\\x", u""}) {
    CAPTURE(pe::utf8_from_utf16(path));
    CHECK_FALSE(is_plain_absolute(path));
  }
  CHECK(extended_form(u"C:/a/b.sys") == u"\\\\?\\C:\\a\\b.sys");
  CHECK(extended_form(u"\\\\server\\share\\x") == u"\\\\?\\UNC\\server\\share\\x");
  CHECK(extended_form(u"\\\\?\\C:\\x") == u"\\\\?\\C:\\x");
  CHECK(extended_form(u"\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1\\x") ==
        u"\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1\\x");
  CHECK(extended_form(u"\\\\.\\NUL") == u"\\\\.\\NUL");
  CHECK(sysnative_form(u"C:\\Windows\\System32\\drivers\\x.sys", u"C:\\Windows") ==
        u"C:\\Windows\\Sysnative\\drivers\\x.sys");
  CHECK(sysnative_form(u"c:/windows/SYSTEM32", u"C:\\Windows\\") == u"c:/windows\\Sysnative");
  CHECK(sysnative_form(u"C:\\Windows\\System32Backup\\x.sys", u"C:\\Windows") == u"C:\\Windows\\System32Backup\\x.sys");
  CHECK(sysnative_form(u"D:\\Windows\\System32\\x.sys", u"C:\\Windows") == u"D:\\Windows\\System32\\x.sys");
}

TEST_CASE("UTF-16: nothing is lost, not even half a pair") {
  const std::u16string all = u"a\u00e9\u4e2d\U0001F600";
  CHECK(pe::utf8_from_utf16(all) == "a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80");
  CHECK(pe::utf16_from_utf8(pe::utf8_from_utf16(all)) == all);
  for (const char16_t half : {char16_t{0xD83D}, char16_t{0xDE00}}) {
    const std::u16string name{u'x', half, u'y'};
    CHECK(pe::utf16_from_utf8(pe::utf8_from_utf16(name)) == name);
  }
  CHECK(pe::utf16_from_utf8("a\xFF\xC3") == u"a\uFFFD\uFFFD");
  CHECK(pe::utf16_from_utf8("\xE4\xB8") == u"\uFFFD\uFFFD");
  CHECK(pe::utf16_from_utf8("\xC0\xAF") == u"\uFFFD\uFFFD");  // overlong
}

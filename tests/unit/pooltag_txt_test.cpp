#include <doctest/doctest.h>

#include "tagdb/database.hpp"
#include "tagdb/pooltag_txt.hpp"

using tagdb::Entry;
using tagdb::Line;
using tagdb::PoolTag;

namespace {
Entry only(std::string_view text) {
  const auto file = tagdb::read_pooltag(text, "test");
  REQUIRE(file.entries.size() == 1);
  CHECK(file.others.empty());
  return file.entries.front();
}
}  // namespace

TEST_CASE("the declared form") {
  const Entry entry = only("Leak - myfault.sys - what it is for\r\n");
  CHECK(entry.columns == "Leak");
  CHECK(entry.owner == "myfault.sys");
  CHECK(entry.description == "what it is for");
  CHECK(entry.line == 1);
}

TEST_CASE("the ways in which real lines break the form") {
  CHECK(only("Fsb -  netio.sys - x").columns == "Fsb ");  // three characters, not padded
  CHECK(only("Fsb -  netio.sys - x").owner == "netio.sys");
  CHECK(only("Io - nt!io - x").columns == "Io  ");
  CHECK(only("Tun4  - <unknown>    - five columns").owner == "<unknown>");
  CHECK(only("Tun4  - <unknown>    - five columns").columns == "Tun4");
  CHECK(only("Ab  -  two.sys - blanks").owner == "two.sys");
  CHECK(only("ATmp - AppTag mount point").owner.empty());
  CHECK(only("ATmp - AppTag mount point").description == "AppTag mount point");
  CHECK(only("krpc - nt").owner == "nt");
  CHECK(only("EtwO - nt!etw         Etw memory for x").owner == "nt!etw");
  CHECK(only("EtwO - nt!etw         Etw memory for x").description == "Etw memory for x");
  CHECK(only("Abcd -foo.sys - no blank behind the dash").owner == "foo.sys");
  CHECK(only("Abcd - foo.sys -no blank behind the dash").description == "no blank behind the dash");
  CHECK(only("Abcd - foo.sys- no blank before it").owner == "foo.sys");
  CHECK(only("Abcd - foo-bar.sys - a dash in a name").owner == "foo-bar.sys");
  CHECK(only("Abcd - foo.sys - text - with - dashes").description == "text - with - dashes");
  CHECK(only("smST - nt!store or rdyboost.sys - x").owner == "nt!store or rdyboost.sys");
  CHECK(only("smST - nt!store or rdyboost.sys").owner == "nt!store or rdyboost.sys");
  CHECK(only("A-BC - foo.sys - a dash inside the tag").columns == "A-BC");
  CHECK(only("Dh 0 - foo.sys - a blank inside").columns == "Dh 0");
  CHECK(only("Lr!! - foo.sys").columns == "Lr!!");
  CHECK(only("KDN_ - foo.sys").columns == "KDN_");
  CHECK(only("remX - foo.sys - no comment").columns == "remX");
  CHECK(only("Abcd\t- tab.sys\t- tabs").owner == "tab.sys");
  CHECK(only("Uspd - win32kbase!X::operator new - x").owner == "win32kbase!X::operator new");
  CHECK(only("Uspd - win32kbase!X::operator new").owner == "win32kbase!X::operator new");
  CHECK(only("Uspd - win32kbase!X::operator new").description.empty());
  CHECK(only("Uspd - win32kbase!X::operator").owner == "win32kbase!X::operator");
}

TEST_CASE("wildcards and padding survive") {
  CHECK(only("Gh?: - win32k.sys - x").first.matches(PoolTag::from_text("GhX:")));
  CHECK(only("Bu*  - burn.sys - x").first.matches(PoolTag::from_text("Buxy")));
  CHECK(only("Io   - nt!io - x").first.matches(PoolTag::from_text("Io  ")));
  CHECK_FALSE(only("Io   - nt!io - x").first.matches(PoolTag::from_text(std::string_view("Io\0\0", 4))));
}

TEST_CASE("prose that names a range is an entry; other prose is a note") {
  const Entry range = only("QUIC Allocation tags are Qc00 through QcFF");
  CHECK(range.range());
  CHECK(range.matches(PoolTag::from_text("Qc7A")));
  CHECK_FALSE(range.matches(PoolTag::from_text("Qd00")));
  const auto file =
      tagdb::read_pooltag("       <unknown>\nsome prose here\nrem a comment\nREM\n// another\n\n\x1A", "t");
  CHECK(file.entries.empty());
  REQUIRE(file.others.size() == 5);
  CHECK(file.others[0].kind == Line::Kind::note);
  CHECK(file.others[1].kind == Line::Kind::note);
  CHECK(file.others[2].kind == Line::Kind::comment);
  CHECK(file.others[3].kind == Line::Kind::comment);
  CHECK(file.others[4].kind == Line::Kind::comment);
}

TEST_CASE("encodings: UTF-8 with BOM, UTF-16 both ways, and a bad line among good ones") {
  CHECK(only("\xEF\xBB\xBFLeak - a.sys").owner == "a.sys");
  std::string little = "\xFF\xFE", big = "\xFE\xFF";
  for (const char c : std::string("Leak - a.sys")) {
    little += c;
    little += '\0';
    big += '\0';
    big += c;
  }
  CHECK(only(little).owner == "a.sys");
  CHECK(only(big).owner == "a.sys");
  const auto file = tagdb::read_pooltag(
      "Leak - a.sys\nBa\x01"
      "d - x\nGood - b.sys\n",
      "t");
  CHECK(file.entries.size() == 2);
  REQUIRE(file.others.size() == 1);
  CHECK(file.others[0].kind == Line::Kind::malformed);
  CHECK(file.others[0].number == 2);
}

TEST_CASE("owners to image names") {
  using Names = std::vector<std::string>;
  CHECK(tagdb::owner_images("TcpIp.sys") == Names{"tcpip.sys"});
  CHECK(tagdb::owner_images("<nvlddmkm.sys>") == Names{"nvlddmkm.sys"});
  CHECK(tagdb::owner_images("netvsc50.sys/netvsc60.sys") == Names{"netvsc50.sys", "netvsc60.sys"});
  CHECK(tagdb::owner_images("win32kbase!X::operator new") == Names{"win32kbase.sys"});
  CHECK(tagdb::owner_images("<unknown>").empty());
  CHECK(tagdb::owner_images("storport.lib").empty());
  for (const char* one : {"nt", "ntoskrnl.exe", "ntkrnlmp.exe", "NTKRNLPA.EXE", "ntkrpamp.exe"}) {
    INFO(one);
    CHECK(tagdb::owner_images(one) == tagdb::owner_images("nt!mm"));
  }
  CHECK(tagdb::owner_images("halmacpi.dll") == tagdb::owner_images("hal.dll"));
  CHECK(tagdb::owner_images("hal!x") == tagdb::owner_images("hal.dll"));
  CHECK(tagdb::names_library("wdmsec.lib"));
  CHECK(tagdb::names_library("a.sys/Storport.LIB"));
  CHECK_FALSE(tagdb::names_library("library.sys"));
  CHECK_FALSE(tagdb::names_library("a.lib.sys"));
  CHECK_FALSE(tagdb::names_library(""));
  const auto kernel = tagdb::owner_images("nt!store or rdyboost.sys");
  CHECK(kernel.front() == "ntoskrnl.exe");
  CHECK(kernel.back() == "rdyboost.sys");
}

TEST_CASE("the most specific entry wins, whatever the source") {
  tagdb::Database database;
  database.add(tagdb::read_pooltag("Afd* - afd.sys - wild\nAf?? - other.sys - wilder\nAfdA - one.sys - exact", "first"),
               "first");
  database.add(tagdb::read_pooltag("AfdA - two.sys - exact too", "second"), "second");
  auto found = database.lookup(PoolTag::from_text("AfdA"));
  REQUIRE(found.size() == 2);
  CHECK(found[0]->owner == "one.sys");
  CHECK(found[1]->source == "second");
  found = database.lookup(PoolTag::from_text("AfdB"));
  REQUIRE(found.size() == 1);
  CHECK(found[0]->owner == "afd.sys");
  CHECK(database.lookup(PoolTag::from_text("Zzzz")).empty());
}

TEST_CASE("what is read can be written, and reads the same") {
  for (const char* line : {"Leak - myfault.sys - what it is for", "Io   - nt!io", "Bu*  - burn.sys - x",
                           "Abcd - foo.sys - text - with - dashes", "smST - nt!store or rdyboost.sys - x",
                           "ATmp - AppTag mount point", "Tags are Qc00 through QcFF", "Abcd - foo-bar.sys"})
    CHECK(tagdb::write_entry(only(line)) == line);
  for (const char* line :
       {"Fsb -  netio.sys - x", "Tun4  - <unknown>    - five columns", "EtwO - nt!etw         Etw memory for x",
        "Abcd -foo.sys - no blank", "Abcd\t- tab.sys\t- tabs"}) {
    const Entry entry = only(line), again = only(tagdb::write_entry(entry));
    CHECK(again.columns == entry.columns);
    CHECK(again.owner == entry.owner);
    CHECK(again.description == entry.description);
  }
}

TEST_CASE("the summary counts every line and names those that are no entries") {
  const auto file = tagdb::read_pooltag(
      "rem a\n\nAbcd - a.sys\nBu*  - b.sys - x\nprose\nQc00 through QcFF\n       <unknown>\nBa\x01", "t");
  CHECK(tagdb::summary_of(file) ==
        "8 lines: 3 entries (1 with wildcards, 1 range), 1 comment, 1 blank, prose in line 5, 7, not text in line 8");
}

TEST_CASE("the built-in database is read without loss") {
  const auto text = tagdb::builtin_pooltag();
  const auto file = tagdb::read_pooltag(text, "built-in");
  std::size_t lines = 0;
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  CHECK(file.entries.size() > 4500);
  std::size_t comments = 0, blanks = 1;  // one blank line behind the heading
  for (const Line& line : file.others) {
    CHECK(line.kind == Line::Kind::comment);
    ++comments;
  }
  CHECK(file.entries.size() + comments + blanks == lines);
}

// The data is clean, and the lint finds what is not: each rule has a text that breaks it.
#include <doctest/doctest.h>

#include <algorithm>

#include "tagdb/advice.hpp"
#include "tagdb/database.hpp"
#include "tagdb/hints.hpp"
#include "tagdb/known_leaks.hpp"
#include "tagdb/owners.hpp"
#include "tests/unit/data_lint.hpp"
#include "tests/unit/files.hpp"

namespace {

std::string data(const char* name) {
  const auto bytes = read_bytes(std::string(SOURCE_ROOT "/data/") + name);
  return {bytes.begin(), bytes.end()};
}

std::string first(const lint::Problems& problems) { return problems.empty() ? "clean" : problems.front(); }

bool complains(const lint::Problems& problems, std::string_view about) {
  return std::any_of(problems.begin(), problems.end(),
                     [about](const std::string& problem) { return problem.find(about) != std::string::npos; });
}

const std::string kGood = "rem  a list\n\nAbcd - a.sys - buffers\nAbce - <unknown>\nDd?* - nt!mm - pages\n";

}  // namespace

TEST_CASE("the data is clean") {
  const std::string pooltag = data("pooltag.txt");
  CHECK(first(lint::pooltag(pooltag)) == "clean");
  CHECK(first(lint::owners(data("owners.tsv"), pooltag)) == "clean");
  CHECK(first(lint::sources(data("sources.tsv"), pooltag)) == "clean");
  CHECK(first(lint::never_prove(data("never_prove.tsv"))) == "clean");
  CHECK(first(lint::on_behalf(data("on_behalf.tsv"))) == "clean");
  CHECK(first(lint::known_leaks(data("known_leaks.tsv"))) == "clean");
  CHECK(first(lint::hints(data("hints.tsv"))) == "clean");
}

TEST_CASE("what is compiled in is what lies in data/") {
  CHECK(tagdb::builtin_pooltag() == data("pooltag.txt"));
  CHECK(tagdb::builtin_owners() == data("owners.tsv"));
  CHECK(tagdb::builtin_shared_tags().tags.size() > 100);
  CHECK(tagdb::builtin_on_behalf().size() > 20);
  CHECK(tagdb::builtin_known_leaks_tsv() == data("known_leaks.tsv"));
  CHECK(tagdb::builtin_known_leaks().size() >= 60);
  CHECK(tagdb::builtin_hints_tsv() == data("hints.tsv"));
}

TEST_CASE("lint of pooltag.txt: each broken line is found") {
  CHECK(lint::pooltag(kGood).empty());
  const auto with = [](std::string_view line) { return lint::pooltag(kGood + std::string(line) + "\n"); };
  CHECK(lint::pooltag(kGood + "Zzzz - z.sys").front() == "no line end at the end");
  CHECK(complains(with("Zzzz - z.sys - caf\xC3\xA9"), "ASCII"));
  CHECK(complains(with("Zzzz - z.sys - a\tb"), "ASCII"));
  CHECK(complains(with("some prose"), "no entry"));
  CHECK(complains(with("Tags are Qc00 through QcFF"), "not 'Tag"));
  CHECK(complains(with("Zzz - z.sys"), "not 'Tag"));
  CHECK(complains(with("Zzzz  - z.sys"), "not 'Tag"));
  CHECK(complains(with("Zzzz - z.sys -- x"), "reader and writer"));
  CHECK(complains(with("Aaaa - z.sys"), "out of order"));
  CHECK(complains(with("Zzzz - z.sys\nZzzz - Z.sys"), "stands twice"));
  CHECK(complains(with("Zzzz - A.sys"), "no known form"));
  CHECK(complains(with("Zzzz - nt!Mm"), "is 'nt!mm' elsewhere"));
  CHECK(complains(with("Zzzz - whatever"), "no known form"));
  CHECK(complains(with("Zzzz - z.sys - " + std::string(200, 'x')), "longer"));
  CHECK(complains(with("Zzzz - z.sys - a sentence."), "full stop"));
  CHECK(complains(with("Zzzz - z.sys - two  blanks"), "stray blanks"));
  CHECK(complains(with("remX - z.sys"), "poolmon takes it"));
}

TEST_CASE("lint of pooltag.txt: descriptions made by a template are counted") {
  std::string same = "rem  x\n", begun = "rem  x\n";
  for (char c = 'a'; c < 'a' + 5; ++c) same += std::string("Zzz") + c + " - z.sys - buffer " + c + "1\n";
  CHECK(lint::pooltag(same).empty());  // five different texts
  same = "rem  x\n";
  for (char c = '1'; c < '1' + 5; ++c) same += std::string("Zzz") + c + " - z.sys - buffer number " + c + "\n";
  CHECK(complains(lint::pooltag(same), "'buffer number #' describes 5"));
  for (char c = 'a'; c < 'a' + 13; ++c) begun += std::string("Zzz") + c + " - z.sys - memory used by part" + c + "\n";
  CHECK(complains(lint::pooltag(begun), "13 descriptions begin with 'memory used by '"));
}

TEST_CASE("lint of owners.tsv") {
  const std::string good = "# owners\na.sys\ta driver\nnt!mm\tthe memory manager\n";
  CHECK(lint::owners(good, kGood).empty());
  CHECK(complains(lint::owners(good + "z.sys\tanother\n", kGood), "no tag of 'z.sys'"));
  CHECK(complains(lint::owners(good + "nt!mm\tagain\n", kGood), "stands twice"));
  CHECK(complains(lint::owners(good + "a.sys\tagain\n", kGood), "out of order"));
  CHECK(complains(lint::owners("a.sys\n", kGood), "an owner and what it is"));
  CHECK(complains(lint::owners("a.sys\tx\ty\n", kGood), "an owner and what it is"));
}

TEST_CASE("lint of sources.tsv") {
  const std::string good =
      "published\t3 entries, 2 <unknown>\tlist\tthe editions\nAbcd\tdescription\trepository\tsomewhere\n"
      "Abcd\tresolved a.sys\tmeasured\tten sites\nDd?*\tdescription\tdocumentation\tsomewhere\n";
  CHECK(first(lint::sources(good, kGood)) == "clean");
  CHECK(complains(lint::sources(good + "Abcd\tdescription\thearsay\tsomewhere\n", kGood), "unknown kind"));
  CHECK(complains(lint::sources(good + "Zzzz\tdescription\tlist\tsomewhere\n", kGood), "no such tag"));
  CHECK(complains(lint::sources(good + "Abce\tadded b.sys\tlist\tsomewhere\n", kGood), "names another owner"));
  CHECK(complains(lint::sources(good + "Abce\tguess\tlist\tsomewhere\n", kGood), "unknown fact"));
  CHECK(complains(lint::sources(good + "Abce\n", kGood), "tag, fact, kind and source"));
  CHECK(complains(lint::sources(good, kGood + "Zzzz - z.sys - files\n"), "description of 'Zzzz' has no source"));
  CHECK(complains(lint::sources(good, kGood + "Zzzz - z.sys\n"), "added or lost"));
  CHECK(complains(lint::sources(good, kGood + "Zzzz - <unknown>\n"), "resolved or lost"));
  // Whose a tag is may be unknown when what it is gets known.
  const std::string without_owner = "Zzzz\tadded <unknown>\treport\tsomewhere\nZzzz\tdescription\treport\tsomewhere\n";
  CHECK(lint::sources(good + without_owner, kGood + "Zzzz - <unknown> - one block per file\n").empty());
}

TEST_CASE("lint of the hints") {
  const std::string text = "others found a filter behind it; fltmc instances names the filters of this machine";
  const std::string good = "hint\tfiles\t" + text + "\texample.com, note 7\ntag\tFile\tfiles\n";
  CHECK(lint::hints(good).empty());
  CHECK(complains(lint::hints(""), "no tags"));
  CHECK(complains(lint::hints(good + "hint\tempty\t" + text + "\texample.com, note 8\n"), "a family without tags"));
  CHECK(complains(lint::hints("hint\tfiles\tno\texample.com, note 7\ntag\tFile\tfiles\n"), "helps nobody"));
  CHECK(complains(lint::hints("hint\tfiles\t" + text + "\tmail\ntag\tFile\tfiles\n"), "source is too short"));
  CHECK(complains(lint::hints(good + "tag\tFile\tfiles\n"), "line 3: the tag has a row already"));
  CHECK(complains(lint::hints(good + "tag\tFil\tfiles\n"), "four columns"));
  CHECK(complains(lint::hints(good + "tag\tProc\tother\n"), "no family of that name"));
  CHECK(complains(lint::hints(good + "hint\tfiles\n"), "a hint has a family"));
  CHECK(complains(lint::hints(good + "note\tfiles\n"), "begins with 'hint' or 'tag'"));
}

TEST_CASE("a hint stands alone, or behind what the tag can not prove") {
  using tagdb::advice_for;
  using tagdb::PoolTag;
  CHECK(advice_for(PoolTag::from_text("WCsc")).starts_with("'WCsc': Container isolation "));
  const std::string file = advice_for(PoolTag::from_text("File"));
  CHECK(file.starts_with("'File' never proves an owner: "));
  CHECK(file.find(". Reports of many open files ") != std::string::npos);
  CHECK(tagdb::never_proves(PoolTag::from_text("WCsc")).empty());
  CHECK(tagdb::hint_for(PoolTag::from_text("Leak")).empty());
  CHECK(advice_for(PoolTag::from_text("Ddk ")).find("Reports ") == std::string::npos);
}

TEST_CASE("lint of the advice") {
  const std::string advice = "many drivers share it; compare the bytes per allocation and trace pool stacks";
  const std::string good = "family\tdefault\tnever\t" + advice + "\ntag\tDdk \tdefault\ta default\n";
  CHECK(lint::never_prove(good).empty());
  CHECK(complains(lint::never_prove(good + "family\tempty\tshared\t" + advice + "\n"), "a family without tags"));
  CHECK(complains(lint::never_prove("family\tdefault\tnever\tno\ntag\tDdk \tdefault\tx\n"), "helps nobody"));
  CHECK(complains(lint::never_prove("family\tdefault\t" + advice + "\ntag\tDdk \tdefault\tx\n"), "what it proves"));
  CHECK(complains(lint::never_prove("family\tdefault\tsome\t" + advice + "\n"), "proves 'never' or is 'shared'"));
  CHECK(complains(lint::never_prove(good + "tag\tDdk \tdefault\tagain\n"), "line 3: the tag has a row already"));
  CHECK(complains(lint::never_prove(good + "tag\tDdk\tdefault\tthree columns\n"), "four columns"));
  CHECK(complains(lint::never_prove(good + "tag\tXyz \tother\tx\n"), "no family of that name"));
  CHECK(complains(lint::never_prove(""), "no tags"));
  CHECK(lint::on_behalf("ndis.sys\t" + advice + "\n").empty());
  CHECK(complains(lint::on_behalf("ndis.sys\t" + advice + "\nNDIS.SYS\t" + advice + "\n"), "a row already"));
  CHECK(complains(lint::on_behalf("ndis\t" + advice + "\n"), "file name"));
  CHECK(complains(lint::on_behalf("ndis.sys\n"), "file name and advice"));
}

TEST_CASE("the families that the field knows have advice") {
  for (const char* tag : {"Ddk ", "Wdm ", "Ifs ", "ScUn", "None", "NDam", "FSrt", "FxDr", "Strg", "Proc", "Thre",
                          "File", "Toke", "Even", "Key ", "Sema", "Muta", "Sect", "Port", "ALPC", "Symb", "Devi"})
    CHECK_FALSE(tagdb::never_proves(tagdb::PoolTag::from_text(tag)).empty());
  CHECK(tagdb::never_proves(tagdb::PoolTag::from_text("Leak")).empty());
  CHECK(tagdb::never_proves(tagdb::PoolTag::from_text("proc")).empty());
  for (const char* tag : {"COMX", "E100", "KCNw", "AgpR", "PARM", "P2ID", "CWad", "Bsss", "CARD", "ADAP", "XISA"}) {
    INFO(tag);
    CHECK_FALSE(tagdb::shared_code(tagdb::PoolTag::from_text(tag)).empty());
    CHECK(tagdb::never_proves(tagdb::PoolTag::from_text(tag)).empty());
  }
  CHECK(tagdb::shared_code(tagdb::PoolTag::from_text("Proc")).empty());
  CHECK(tagdb::shared_code(tagdb::PoolTag::from_text("Leak")).empty());
  CHECK(tagdb::advice_for(tagdb::PoolTag::from_text("Proc")).starts_with("'Proc' never proves an owner: "));
  CHECK(
      tagdb::advice_for(tagdb::PoolTag::from_text("COMX")).starts_with("'COMX' may have more than one owner: serial"));
  CHECK(tagdb::advice_for(tagdb::PoolTag::from_text("Leak")).empty());
  for (const char* image :
       {"fltmgr.sys", "NDIS.SYS", "storport.sys", "ks.sys", "wdf01000.sys", "usbport.sys", "portcls.sys",
        "videoprt.sys", "dxgkrnl.sys", "netio.sys", "fwpkclnt.sys", "tdi.sys", "classpnp.sys"})
    CHECK_FALSE(tagdb::on_behalf(image).empty());
  CHECK(tagdb::on_behalf("myfault.sys").empty());
  CHECK(tagdb::on_behalf("").empty());
}

TEST_CASE("owners are described by their own line, else by that of their image") {
  const std::string table =
      "# x\na.sys\tdriver a\na.sys!x\tnot this\nB.sys\tdriver b\nb!Part::new\tits part\nnt\tkernel\n";
  CHECK(tagdb::describe_owner("A.SYS", table) == "driver a");
  CHECK(tagdb::describe_owner("<a.sys>", table) == "driver a");
  CHECK(tagdb::describe_owner("b!Part::new", table) == "its part");
  CHECK(tagdb::describe_owner("b!Other", table) == "driver b");
  CHECK(tagdb::describe_owner("nt!xx", table) == "kernel");
  CHECK(tagdb::describe_owner("c.sys", table).empty());
  CHECK(tagdb::describe_owner("a.sy", table).empty());
  CHECK(tagdb::describe_owner("<unknown>", table).empty());
  CHECK(tagdb::describe_owner("", table).empty());
  tagdb::Entry entry;
  entry.owner = "ntfs.sys";
  CHECK(tagdb::description_of(entry).of_owner);
  entry.description = "own words";
  CHECK(tagdb::description_of(entry).text == "own words");
  CHECK_FALSE(tagdb::description_of(entry).of_owner);
}

TEST_CASE("reading lines on demand gives what reading all of them gives") {
  tagdb::Database lazy, eager;
  lazy.add_builtin();
  eager.add(tagdb::read_pooltag(tagdb::builtin_pooltag(), "built-in"), "built-in");
  CHECK(lazy.describe() == eager.describe());
  const auto same = [](const std::vector<const tagdb::Entry*>& a, const std::vector<const tagdb::Entry*>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const tagdb::Entry* x, const tagdb::Entry* y) {
      return x->columns == y->columns && x->owner == y->owner && x->description == y->description &&
             x->line == y->line && x->source == y->source && x->first == y->first && x->last == y->last;
    });
  };
  for (const char* text : {"MmSt", "AcpD", "Acpq", "Zzzz", "Irps", "ScDa"})
    CHECK(same(lazy.lookup(tagdb::PoolTag::from_text(text)), eager.lookup(tagdb::PoolTag::from_text(text))));
  CHECK(lazy.relatives(tagdb::PoolTag::from_text("mmst")) == eager.relatives(tagdb::PoolTag::from_text("mmst")));
  CHECK(same(lazy.entries(), eager.entries()));
}

TEST_CASE("what a query that finds nothing may have meant") {
  tagdb::Database database;
  database.add(
      tagdb::read_pooltag(
          "Tags are Zc00 through ZcFF\nAfd? - a.sys\nAfdB - a.sys\nFSel - b.sys\nFS?? - c.sys\nIrp  - d.sys\n", "list"),
      "list");
  const auto meant = [&database](std::string_view four) {
    std::string text;
    for (const auto& one : database.resembling(tagdb::TagPattern::from_columns(four)))
      text += one.pattern + (one.reversed ? "<" : "") + " ";
    return text;
  };
  CHECK(meant("fsel") == "FSel ");  // the exact tag, not the pattern
  CHECK(meant("fsxx") == "FS?? ");
  CHECK(meant("afd?") == "Afd? AfdB ");
  CHECK(meant("?dfA") == "Afd?< AfdB< ");
  CHECK(meant("zc7f") == "Zc00-ZcFF ");
  CHECK(meant("F7cZ") == "Zc00-ZcFF< ");
  CHECK(meant("prI ") == "Irp < ");
  CHECK(meant("Quux").empty());
}

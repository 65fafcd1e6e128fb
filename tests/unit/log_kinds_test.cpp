// Every kind of paste that a question about a pool leak holds, in figures of our own: the exact rows that must come
// out, or the words that say what is missing.
#include <doctest/doctest.h>

#include "log_reading.hpp"

using namespace scanner::poolmon;
using namespace log_reading;

namespace {

std::string all_words(const std::vector<LineProblem>& said) {
  std::string out;
  for (const LineProblem& one : said) out += one.message + "\n";
  return out;
}

/// One snapshot with these rows, and nothing that could not be read.
void one(const char* what, const std::string& text, const Rows& expected) {
  INFO(what);
  const Read log = read(text);
  CHECK_MESSAGE(log.problems.empty(), all_words(log.problems));
  REQUIRE(log.snapshots.size() == 1);
  CHECK(rows(log.snapshots[0]) == expected);
}

void several(const char* what, const std::string& text, const std::vector<Rows>& expected) {
  INFO(what);
  const Read log = read(text);
  CHECK_MESSAGE(log.problems.empty(), all_words(log.problems));
  REQUIRE(log.snapshots.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(rows(log.snapshots[i]) == expected[i]);
}

void refused(const char* what, const std::string& text, const char* words) {
  INFO(what);
  const Read log = read(text);
  CHECK(log.snapshots.empty());
  CHECK_MESSAGE(all_words(log.problems).find(words) != std::string::npos, all_words(log.problems));
}

const std::string kHeading = " Tag  Type     Allocs            Frees            Diff   Bytes      Per Alloc\n\n";

}  // namespace

TEST_CASE("kinds: snapshots that nothing separates but a tag that comes again") {
  several(
      "same heading, no blank line",
      kHeading +
          " Vx01 Nonp  900 ( 0)  300 ( 0)  600  76800 ( 0)  128\n"
          " Irp  Nonp  50 ( 0)  20 ( 0)  30  9600 ( 0)  320\n Vx01 Nonp  1900 ( 0)  300 ( 0)  1600  204800 ( 0)  128\n"
          " Irp  Nonp  60 ( 0)  30 ( 0)  30  9600 ( 0)  320\n",
      {{"Vx01 nonpaged 900 300 600 76800", "Irp  nonpaged 50 20 30 9600"},
       {"Vx01 nonpaged 1900 300 1600 204800", "Irp  nonpaged 60 30 30 9600"}});
  several("blank lines, another order",
          kHeading +
              " Abcd Paged  9  1  8  800  100\n Efgh Nonp  5  1  4  64  16\n\n"
              " Efgh Nonp  7  1  6  96  16\n Abcd Paged  19  1  18  1800  100\n",
          {{"Abcd paged 9 1 8 800", "Efgh nonpaged 5 1 4 64"}, {"Efgh nonpaged 7 1 6 96", "Abcd paged 19 1 18 1800"}});
  several("tags that come new to a list stay with their blank line",
          kHeading +
              " Abcd Paged  9  1  8  800  100\n\n"
              " Newt Nonp  7  1  6  96  16\n Abcd Paged  19  1  18  1800  100\n",
          {{"Abcd paged 9 1 8 800"}, {"Newt nonpaged 7 1 6 96", "Abcd paged 19 1 18 1800"}});
  several("CSV",
          "Tag;Pool;Outstanding;Bytes\nVx01;NonPaged;5;640\nVx02;Paged;2;64\nVx01;NonPaged;6;768\nVx02;Paged;2;64\n",
          {{"Vx01 nonpaged 5 640", "Vx02 paged 2 64"}, {"Vx01 nonpaged 6 768", "Vx02 paged 2 64"}});
  one("tags that a console cannot show may come twice",
      kHeading + " ???? Nonp  9  1  8  800  100\n ???? Nonp  5  1  4  64  16\n", {"???? nonpaged 14 2 12 864"});
}

TEST_CASE("kinds: rows that another column tells apart are added up, and it is said") {
  for (const char* text :
       {"Tag,Type,Module,Allocs,Frees,Diff,Bytes\nVx01,Nonp,a.sys,10,4,6,600\nVx01,Nonp,b.sys,5,1,4,440\n",
        "Tag | Pool | Description | Blocks | Bytes\n--- | --- | --- | --- | ---\nVx01 | NonPaged | one | 6 | 600\n"
        "Vx01 | NonPaged | two | 4 | 440\n"}) {
    const Read log = read(text);
    REQUIRE(log.snapshots.size() == 1);
    CHECK(log.snapshots[0].rows.at(0).bytes == 1040);
    CHECK(log.snapshots[0].rows.at(0).diff == 10);
    CHECK(all_words(log.notes).find("added up") != std::string::npos);
  }
}

TEST_CASE("kinds: a column of numbers that is not understood is named once") {
  const Read log = read("Tag\tNonpaged Bytes\tFrobnication\nVx01\t640\t12\nVx02\t64\t13\n");
  CHECK(rows(log.snapshots.at(0)) == Rows{"Vx01 nonpaged ? 640", "Vx02 nonpaged ? 64"});
  REQUIRE(log.notes.size() == 1);
  CHECK(log.notes[0].message.find("'Frobnication'") != std::string::npos);
  const Read text = read("Tag\tNonpaged Bytes\tFrobnication\nVx01\t640\tred\n");
  CHECK(text.notes.empty());
  refused("none of bytes", "Tag    Quux   Allocs  Frees\nVx01   12345   17   4\n", "'Quux'");
}

TEST_CASE("kinds: blanks of every kind") {
  const std::string nbsp = "\xC2\xA0", ideographic = "\xE3\x80\x80", thin = "\xE2\x80\x89";
  for (const std::string& blank :
       {nbsp, ideographic, std::string("\t"), std::string("&nbsp;"), std::string("&#160;"), std::string("&#xA0;")}) {
    std::string text = kHeading + " Vx01 Nonp  900 (   0)  300 (   0)  600  76800 (   0)  128\n";
    for (std::size_t at = 0; (at = text.find(' ', at)) != std::string::npos; at += blank.size())
      text.replace(at, 1, blank);
    one(blank.c_str(), text, {"Vx01 nonpaged 900 300 600 76800"});
  }
  one("thin blanks group digits", "Tag;Pool;Bytes;Count\nVx01;Nonp;1" + thin + "234" + thin + "567;9\n",
      {"Vx01 nonpaged 9 1234567"});
  one("full-width",
      "\xEF\xBC\xB4\xEF\xBD\x81\xEF\xBD\x87 Type Allocs Frees Diff Bytes Per Alloc\n"
      "Vx01 Nonp \xEF\xBC\x99\xEF\xBC\x90\xEF\xBC\x90 \xEF\xBC\x88\xEF\xBC\x90\xEF\xBC\x89 300 600 76800 128\n",
      {"Vx01 nonpaged 900 300 600 76800"});
}

TEST_CASE("kinds: sessions are pools of their own, halves of a screen are one snapshot") {
  several("two sessions at two moments",
          " Session 3 pool information\n" + kHeading +
              " Gh04 Paged  90  10  80  8000  100\n\n Session 4 pool information\n" + kHeading +
              " Gh04 Paged  50  10  40  4000  100\n\n Session 3 pool information\n" + kHeading +
              " Gh04 Paged  91  10  81  8100  100\n",
          {{"Gh04 session:3 90 10 80 8000", "Gh04 session:4 50 10 40 4000"}, {"Gh04 session:3 91 10 81 8100"}});
  several("a column for it", "Session;Tag;Pool;Count;Bytes\n1;Gh04;Paged;4;400\n2;Gh04;Paged;5;500\n",
          {{"Gh04 session:1 4 400", "Gh04 session:2 5 500"}});
  one("nonpaged list, then paged list",
      kHeading + " Vx01 Nonp  9  1  8  800  100\n\n" + kHeading + " Vx01 Paged  5  1  4  400  100\n",
      {"Vx01 nonpaged 9 1 8 800", "Vx01 paged 5 1 4 400"});
  several("debugger, both sorted lists, twice",
          " Tag    Allocs     Used    Allocs     Used\n Vx01      9    900        0        0\n\n Tag    Allocs     "
          "Used    Allocs     Used\n"
          " Vx02      0      0        4      400\n\n Tag    Allocs     Used    Allocs     Used\n Vx01      10    1000  "
          "      0        0\n",
          {{"Vx01 nonpaged 9 900", "Vx02 paged 4 400"}, {"Vx01 nonpaged 10 1000"}});
  std::string timed =
      "10:00\n" + kHeading + " Vx01 Nonp  9  1  8  800  100\n\n10:30\n" + kHeading + " Vx02 Paged  5  1  4  400  100\n";
  CHECK(read(timed).snapshots.size() == 2);
}

TEST_CASE("kinds: words for columns, in many tools and languages") {
  const auto same = [](const char* what, const std::string& heading, const std::string& row) {
    one(what, heading + "\n" + row + "\n", {"Vx01 nonpaged 12 1536"});
  };
  same("English", "Tag,Outstanding allocations,NonPaged bytes", "Vx01,12,1536");
  same("glued", "PoolTag\tNPLiveCount\tNPUsedBytes", "Vx01\t12\t1536");
  same("German", "Tag;Anzahl;Nicht ausgelagert (Bytes)", "Vx01;12;1536");
  same("German, kilobytes", "Pooltag;Nicht ausgelagerter Pool (KB);Anzahl", "Vx01;1,5;12");
  same("French", "\xC3\x89tiquette;Octets non pagin\xC3\xA9s;Nombre", "Vx01;1536;12");
  same("Spanish", "Etiqueta;Bytes no paginados;Cantidad", "Vx01;1536;12");
  same("Italian", "Etichetta;Byte non paginati;Conteggio", "Vx01;1536;12");
  same("Portuguese", "R\xC3\xB3tulo;Bytes n\xC3\xA3o paginados;Quantidade", "Vx01;1536;12");
  same("Dutch", "Tag;Niet-wisselbare bytes;Aantal", "Vx01;1536;12");
  same("Polish", "Znacznik;Pula niestronicowana (bajty);Liczba", "Vx01;1536;12");
  same("Russian",
       "\xD0\xA2\xD0\xB5\xD0\xB3;"
       "\xD0\x9D\xD0\xB5\xD0\xB2\xD1\x8B\xD0\xB3\xD1\x80\xD1\x83\xD0\xB6\xD0\xB0\xD0\xB5\xD0\xBC\xD1\x8B\xD0\xB9 "
       "\xD0\xBF\xD1\x83\xD0\xBB, "
       "\xD0\xB1\xD0\xB0\xD0\xB9\xD1\x82;"
       "\xD0\x9A\xD0\xBE\xD0\xBB\xD0\xB8\xD1\x87\xD0\xB5\xD1\x81\xD1\x82\xD0\xB2\xD0\xBE",
       "Vx01;1536;12");
  same("Japanese",
       "\xE3\x82\xBF\xE3\x82\xB0\t\xE9\x9D\x9E\xE3\x83\x9A\xE3\x83\xBC\xE3\x82\xB8\xE3\x83\x97\xE3\x83\xBC\xE3\x83\xAB("
       "\xE3\x83\x90\xE3\x82\xA4\xE3\x83\x88)\t\xE5\x80\x8B\xE6\x95\xB0",
       "Vx01\t1536\t12");
  same("Chinese",
       "\xE6\xA0\x87\xE8\xAE\xB0\t\xE9\x9D\x9E\xE5\x88\x86\xE9\xA1\xB5\xE6\xB1\xA0\xE5\xAD\x97\xE8\x8A\x82\t\xE6\x95"
       "\xB0\xE9\x87\x8F",
       "Vx01\t1536\t12");
  same("Korean",
       "\xED\x83\x9C\xEA\xB7\xB8\t\xEB\xB9\x84\xED\x8E\x98\xEC\x9D\xB4\xEC\xA7\x95 \xED\x92\x80 "
       "\xEB\xB0\x94\xEC\x9D\xB4\xED\x8A\xB8\t\xEA\xB0\x9C\xEC\x88\x98",
       "Vx01\t1536\t12");
}

TEST_CASE("kinds: counts that are not told are unknown and not 0") {
  one("one count for two pools", "Tag  Count  NonPaged  Paged\nVx01  90  5000  700\n",
      {"Vx01 nonpaged ? 5000", "Vx01 paged ? 700"});
  one("none", "Non-paged pool:\nTag   Used_KB\nVx01  12.5\n", {"Vx01 nonpaged ? 12800"});
  one("the size of a block tells it where it divides", "Tag,Pool,Bytes,Avg size\nVx01,NP,1536,128\nVx02,PP,1000,300\n",
      {"Vx01 nonpaged 12 1536", "Vx02 paged ? 1000"});
  one("by another name", "Tag  NonPagedKB  LiveBlocks\nVx01  1.5  12\n", {"Vx01 nonpaged 12 1536"});
}

TEST_CASE("kinds: blank cells lose no row") {
  one("tabs", "Tag\tNonpaged\tPaged\nVx01\t1.5 MB\t\nVx02\t\t640\n", {"Vx01 nonpaged ? 1572864", "Vx02 paged ? 640"});
  one("set with blanks", "Tag     NonPaged      Paged\nVx01        1536           \nVx02                    640\n",
      {"Vx01 nonpaged ? 1536", "Vx02 paged ? 640"});
  one("dashes", "Tag,NonPaged,Paged\nVx01,1536,-\nVx02,n/a,640\n", {"Vx01 nonpaged ? 1536", "Vx02 paged ? 640"});
}

TEST_CASE("kinds: whole pools") {
  const auto totals = [](const std::string& text, std::size_t count, std::uint64_t first, std::uint64_t last) {
    INFO(text);
    const Read log = read(text);
    CHECK_MESSAGE(log.problems.empty(), all_words(log.problems));
    REQUIRE(log.snapshots.size() == count);
    CHECK(log.snapshots.front().totals.nonpaged == first);
    CHECK(log.snapshots.back().totals.nonpaged == last);
    if (count > 1) CHECK(log.snapshots.back().time->seconds - log.snapshots.front().time->seconds == 3600);
  };
  totals(
      "\"(PDH-TSV 4.0) (UTC)(0)\"\t\"\\\\A\\Memory\\Pool Nonpaged Bytes\"\n\"03/05/2026 "
      "10:00:00.000\"\t\"5000\"\n\"03/05/2026 11:00:00.000\"\t\"7000\"\n",
      2, 5000, 7000);
  totals(
      "\"(PDH-CSV 4.0)\",\"\\\\A\\Arbeitsspeicher\\Nicht-Auslagerungsseiten (Bytes)\"\n\"03/05/2026 "
      "10:00:00.000\",\"1.2500000000000000e+009\"\n\"03/05/2026 11:00:00.000\",\"1250000001\"\n",
      2, 1250000000, 1250000001);
  totals(
      "\"(PDH-CSV 4.0)\",\"\\\\A\\M\xC3\xA9moire\\Octets de r\xC3\xA9serve non pagin\xC3\xA9"
      "e\"\n\"03/05/2026 10:00:00.000\",\"5000\"\n\"03/05/2026 11:00:00.000\",\"7000\"\n",
      2, 5000, 7000);
  totals(
      "Timestamp                 CounterSamples\n---------                 --------------\n05.03.2026 10:00:00       "
      "\\\\a\\memory\\pool nonpaged bytes :\n                          5000\n\n"
      "05.03.2026 11:00:00       \\\\a\\memory\\pool nonpaged bytes :\n                          7000\n",
      2, 5000, 7000);
  totals("2026-03-05 10:00\nPool Nonpaged Bytes: 5,000\n2026-03-05 11:00\nPool Nonpaged Bytes: 7,000\n", 2, 5000, 7000);
  totals(
      "{\"Timestamp\":\"2026-03-05T10:00:00\",\"CounterSamples\":[{\"Path\":\"\\\\\\\\a\\\\memory\\\\pool nonpaged "
      "bytes\",\"CookedValue\":5000.0}]}\n",
      1, 5000, 5000);
  totals(
      "Timestamp : 3/5/2026 10:00:00 AM\nReadings  : \\\\a\\memory\\pool nonpaged bytes :\n            "
      "5000\n\nTimestamp : 3/5/2026 11:00:00 AM\n"
      "Readings  : \\\\a\\memory\\pool nonpaged bytes :\n            7000\n",
      2, 5000, 7000);
  const Read process =
      read("\"(PDH-CSV 4.0)\",\"\\\\A\\Process(x)\\Pool Nonpaged Bytes\"\n\"03/05/2026 10:00:00.000\",\"5000\"\n");
  CHECK(process.snapshots.empty());  // of one process, no whole pool
  const Read two = read(
      "\"(PDH-CSV 4.0)\",\"\\\\A\\Memory\\Pool Nonpaged Bytes\",\"\\\\B\\Memory\\Pool Nonpaged Bytes\"\n\"03/05/2026 "
      "10:00:00.000\",\"5000\",\"9000\"\n");
  CHECK(two.snapshots.at(0).totals.nonpaged == 5000);
  CHECK(all_words(two.notes).find("several machines") != std::string::npos);
}

TEST_CASE("kinds: grouped numbers and words for the pool in poolmon's own layout") {
  for (const char* numbers :
       {"2,345,678 1,345,000 1,000,678 64,043,392 64", "2.345.678 1.345.000 1.000.678 64.043.392 64",
        "2'345'678 1'345'000 1'000'678 64'043'392 64", "2 345 678 1 345 000 1 000 678 64 043 392 64"}) {
    for (const char* pool : {"Nonp", "NonPaged", "Non-Paged", "NP", "NonPagedPool", "NonPagedNx", "nonpaged"})
      one(numbers, "Tag Type Allocs Frees Diff Bytes Per Alloc\nVx01 " + std::string(pool) + " " + numbers + "\n",
          {"Vx01 nonpaged 2345678 1345000 1000678 64043392"});
    for (const char* pool : {"Paged", "PP", "PagedPool", "paged", "Page"}) {
      if (std::string(pool) == "Page") continue;
      one(numbers, "Vx01 " + std::string(pool) + " " + numbers + "\n", {"Vx01 paged 2345678 1345000 1000678 64043392"});
    }
  }
}

TEST_CASE("kinds: quoted tags, tags with blanks") {
  one("single", "Tag   Type  Allocs Frees Diff Bytes Per Alloc\n'Io  ' Nonp 9 1 8 800 100\n",
      {"Io   nonpaged 9 1 8 800"});
  one("double in a table", "Paged pool:\nTag     Bytes  Count\n\"A B \"  800   8\n", {"A B  paged 8 800"});
  one("back quotes", "| Tag | Paged bytes |\n|---|---|\n| `Vx01` | 800 |\n| **Vx02** | 64 |\n",
      {"Vx01 paged ? 800", "Vx02 paged ? 64"});
  one("as a number", "Tag,Paged bytes\n0x31307856,800\n", {"Vx01 paged ? 800"});
}

TEST_CASE("kinds: objects as lists and JSON") {
  several("Format-List",
          "\n\nTag            : Vx01\nType           : NonPaged\nAllocs         : 9\nFrees          : 1\nDiff          "
          " : 8\nBytes          : 800\n\n"
          "Tag            : Vx01\nType           : NonPaged\nAllocs         : 19\nFrees          : 1\nDiff           : "
          "18\nBytes          : 1800\n\n",
          {{"Vx01 nonpaged 9 1 8 800"}, {"Vx01 nonpaged 19 1 18 1800"}});
  one("JSON over several lines",
      "[\n  {\n    \"TagName\": \"Vx01\",\n    \"NonPaged\": {\n      \"Count\": 8,\n      \"Bytes\": 800\n    }\n  "
      "},\n  {\n    \"TagName\": \"Io  \",\n    \"Paged\": { \"Count\": 1, \"Bytes\": 64 }\n  }\n]\n",
      {"Vx01 nonpaged 8 800", "Io   paged 1 64"});
  several("a line an object",
          "{\"time\":\"2026-03-05T10:00:00Z\",\"tag\":\"Vx01\",\"pool\":\"paged\",\"bytes\":800}\n{\"time\":\"2026-03-"
          "05T11:00:00Z\",\"tag\":\"Vx01\",\"pool\":\"paged\",\"bytes\":900}\n",
          {{"Vx01 paged ? 800"}, {"Vx01 paged ? 900"}});
  one("tags as names", "{\"Vx01\":{\"NonPagedBytes\":800},\"Vx02\":{\"NonPagedBytes\":64}}\n",
      {"Vx01 nonpaged ? 800", "Vx02 nonpaged ? 64"});
  one("a bracket is no JSON", "[snip]\n" + kHeading + " Vx01 Nonp  9  1  8  800  100\n[\n",
      {"Vx01 nonpaged 9 1 8 800"});
}

TEST_CASE("kinds: HTML tables, prefixes, noise") {
  one("HTML",
      "<table><thead><tr><th>Tag</th><th>Paged<br>Bytes</th><th>Nonpaged&nbsp;Bytes</th></tr></thead><tr><td>Vx01</"
      "td><td></td><td>1,536</td></tr></table>\n",
      {"Vx01 nonpaged ? 1536"});
  one("HTML, poolmon's",
      "<tr><td>Tag</td><td>Type</td><td>Allocs</td><td>Frees</td><td>Diff</td><td>Bytes</td><td>Per "
      "Alloc</td></tr>\n<tr><td>\nVx01\n</td>\n<td>Nonp</td><td>9</td><td>1</td><td>8</td><td>800</td><td>100</td></"
      "tr>\n",
      {"Vx01 nonpaged 9 1 8 800"});
  const std::string body[] = {" Tag  Type     Allocs            Frees            Diff   Bytes      Per Alloc",
                              " Vx01 Nonp  9 (   0)  1 (   0)  8  800 (   0)  100",
                              " Io   Paged  5 (   0)  1 (   0)  4  400 (   0)  100"};
  const Rows expected = {"Vx01 nonpaged 9 1 8 800", "Io   paged 5 1 4 400"};
  for (const std::string& prefix :
       {std::string("pool.log:%:"), std::string("C:\\logs\\pool.txt:%:"), std::string("  %:"), std::string("[  %] "),
        std::string("%| "), std::string("> "), std::string(">> "), std::string("- "),
        std::string("2026-03-05T10:00:0%Z INFO  pm - "), std::string("[10:00:0%] "),
        std::string("Mar  5 10:00:0% host poolmon[77]: "), std::string("2026-03-05 10:00:0%.123 [INFO] ")}) {
    std::string text;
    for (std::size_t i = 0; i < 3; ++i) {
      std::string start = prefix;
      if (const auto at = start.find('%'); at != std::string::npos) start.replace(at, 1, std::to_string(i + 4));
      text += start + body[i] + "\n";
    }
    one(prefix.c_str(), text, expected);
  }
  for (const char* noise :
       {"[snip]", "...", "\xE2\x80\xA6", "<snip>", "(more)", "```", "C:\\>poolmon -b", "PS C:\\temp> .\\poolmon.exe -b",
        "0: kd> !poolused 2", "-----", "$ cat pool.log", "and so on"})
    one(noise, body[0] + "\n" + noise + "\n" + body[1] + "\n" + noise + "\n" + body[2] + "\n" + noise + "\n", expected);
}

TEST_CASE("kinds: what cannot be read says what is missing") {
  refused("no heading", "Vx01\t5\t3\t2\t400\nVx02\t6\t3\t3\t600\n", "no heading");
  refused("changes only", "Tag  NonPaged_Delta  Paged_Delta\nVx01  1200  0\n", "changes");
  refused("grouped without quotes", "Tag,Paged bytes\nVx01,1,200,300\n", "fields belong here");
  refused("two columns of one name", "Tag  Bytes  Bytes\nVx01  5  6\n", "pool");
  refused("no pool and no count", "Tag  Size\nVx01  5\n", "which pool");
  refused("blocks without a pool", "Address             Length      Tag\n0xffffcb843b87aff0  0x00000040  Vx01\n",
          "single blocks");
  one("blocks",
      "Address             Tag   PoolType      Size\n0xffffcb843b87aff0  Vx01  NonPagedPool  0x40\n0xffffcb843b87bff0  "
      "Vx01  NonPagedPool  0x80\n",
      {"Vx01 nonpaged 2 192"});
  const Read cut = read(kHeading + " Vx01 Nonp  9 (   0)  1 (   0)  8  800 (   0)  100\n Vx02 Nonp  9 (   0)  1\n");
  CHECK(cut.snapshots.size() == 1);
  CHECK(all_words(cut.problems).find("five numbers") != std::string::npos);
}

TEST_CASE("kinds: sections of a report that list a tag twice count it once") {
  const std::string report =
      "Tag   NonPaged   Paged\n--- most nonpaged ---\nVx01  5000  10\nVx02  4000  0\n--- most paged ---\nVx03  0  "
      "900\nVx01  5000  10\n";
  one("once", report, {"Vx01 nonpaged ? 5000", "Vx01 paged ? 10", "Vx02 nonpaged ? 4000", "Vx03 paged ? 900"});
  several("twice", report + "--- most nonpaged ---\nVx01  6000  10\nVx02  4000  0\n",
          {{"Vx01 nonpaged ? 5000", "Vx01 paged ? 10", "Vx02 nonpaged ? 4000", "Vx03 paged ? 900"},
           {"Vx01 nonpaged ? 6000", "Vx01 paged ? 10", "Vx02 nonpaged ? 4000"}});
}

TEST_CASE("kinds: names and values on one line, or indented") {
  several("with times",
          "[2026-03-05 10:00:00] TAG=Vx01 POOL=NonPaged BYTES=1536 COUNT=12\n[2026-03-05 11:00:00] TAG=Vx01 "
          "POOL=NonPaged BYTES=3072 COUNT=24\n",
          {{"Vx01 nonpaged 12 1536"}, {"Vx01 nonpaged 24 3072"}});
  one("in quotes", "tag=\"Io  \", type=paged, bytes=64\n", {"Io   paged ? 64"});
  one("YAML",
      "- tag: Vx01\n  nonpaged_bytes: 1536\n  nonpaged_count: 12\n- tag: \"Io  \"\n  paged_bytes: 64\n  paged_count: "
      "4\n",
      {"Vx01 nonpaged 12 1536", "Io   paged 4 64"});
}

TEST_CASE("kinds: of several machines one is read, and it is said") {
  const Read log = read("ComputerName,Tag,Type,Bytes\nA,Vx01,Nonp,1536\nB,Vx01,Nonp,64\n");
  REQUIRE(log.snapshots.size() == 1);
  CHECK(rows(log.snapshots[0]) == Rows{"Vx01 nonpaged ? 1536"});
  CHECK(all_words(log.notes).find("several machines") != std::string::npos);
}

TEST_CASE("kinds: bytes that were allocated since the start are none that are in use") {
  one("beside those in use",
      "Tag,NonPaged Bytes Allocated,NonPaged Bytes Freed,NonPaged Bytes Outstanding\nVx01,5000,3464,1536\n",
      {"Vx01 nonpaged ? 1536"});
  one("peaks",
      "Tag   Type      Peak Bytes   Current Bytes   Peak Allocs   Current Allocs\nVx01  Nonpaged  9999  1536   99   "
      "12\n",
      {"Vx01 nonpaged 12 1536"});
  refused("alone", "Tag,NonPaged Bytes Allocated,NonPaged Bytes Freed\nVx01,5000,3464\n", "bytes");
}

TEST_CASE("kinds: borders of wikis, consoles and databases") {
  one("wiki", "||Tag||Type||Allocs||Frees||Diff||Bytes||Per Alloc||\n|Vx01|Nonp|9|1|8|800|100|\n",
      {"Vx01 nonpaged 9 1 8 800"});
  one("box",
      "\xE2\x94\x82 Tag  \xE2\x94\x82 NonPaged \xE2\x94\x82 Paged "
      "\xE2\x94\x82\n\xE2\x94\x9C\xE2\x94\x80\xE2\x94\xBC\xE2\x94\x80\xE2\x94\xA4\n\xE2\x94\x82 Vx01 \xE2\x94\x82     "
      "1536 \xE2\x94\x82    64 \xE2\x94\x82\n",
      {"Vx01 nonpaged ? 1536", "Vx01 paged ? 64"});
  one("database",
      "+------+----------+-------+\n| tag  | type     | bytes |\n+------+----------+-------+\n| Vx01 | Nonpaged |  "
      "1536 |\n| Io   | Paged    |    64 |\n+------+----------+-------+\n",
      {"Vx01 nonpaged ? 1536", "Io   paged ? 64"});
  one("analyzer",
      "Line #,Type,Pool,Pool Tag,Count,Size (B),Impacting Size "
      "(B)\n1,AIFO,NonPagedPoolNx,Vx01,12,1536,1536\n2,AIFI,PagedPool,Io  ,100,1600,0\n",
      {"Vx01 nonpaged 12 1536"});
}

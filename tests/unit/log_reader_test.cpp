// Readers of leak logs: the figures of published samples, layouts of every version, encodings, and garbage.
#include <doctest/doctest.h>

#include <random>

#include "log_reading.hpp"
#include "scanner/poolmon/growth.hpp"

using namespace scanner::poolmon;
using namespace log_reading;
using tagdb::PoolTag;

namespace {

// The figures of the samples below are those of Microsoft's documentation (PoolMon Display, PoolMon Examples, Use
// PoolMon to find a kernel-mode memory leak, !poolused) and of a public paste; laid out as the tools print them.
constexpr const char* kDisplay =
    " Memory:  260620K Avail:   96364K  PageFlts:     0   InRam Krnl: 1916K P:17856K\n"
    " Commit: 203500K Limit: 640916K Peak: 260632K            Pool N: 8332K P:27220K\n"
    " System pool information\n"
    " Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc\n"
    "\n"
    " Wait Nonp    3971107 (   0)   3971077 (   0)       30    8456 (     0)    281\n"
    " ObSt Nonp    2791258 (   0)   2791258 (   0)        0       0 (     0)      0\n"
    " Gxlt Paged   1161638 (   0)   1161630 (   0)        8     864 (     0)    108\n"
    " Ustm Paged   1088342 (   0)   1088298 (   0)       44    2464 (     0)     56\n"
    " Io   Nonp    1021112 (   1)   1020985 (   1)      127   91912 (     0)    723\n";

}  // namespace

TEST_CASE("a poolmon screen with changes in parentheses") {
  const Read log = read(kDisplay);
  REQUIRE(log.snapshots.size() == 1);
  CHECK(log.problems.empty());
  CHECK(rows(log.snapshots[0]) == Rows{"Wait nonpaged 3971107 3971077 30 8456", "ObSt nonpaged 2791258 2791258 0 0",
                                       "Gxlt paged 1161638 1161630 8 864", "Ustm paged 1088342 1088298 44 2464",
                                       "Io   nonpaged 1021112 1020985 127 91912"});
  const Totals& totals = log.snapshots[0].totals;
  CHECK(totals.available == 96364U * 1024);
  CHECK(totals.commit == 203500U * 1024);
  CHECK(totals.commit_limit == 640916U * 1024);
  CHECK(totals.nonpaged == 8332U * 1024);
  CHECK(totals.paged == 27220U * 1024);
}

TEST_CASE("screens with drivers, of sessions, without a header's leading blank") {
  const Read mapped = read(
      " Tag  Type     Allocs            Frees            Diff   Bytes      Per Alloc  Mapped_Driver\n\n"
      " NtFB Paged      3996 (   0)      3986 (   0)    10  252088 (     0)  25208 [ntfs.sys  -  BitmpSup.c]\n"
      " NtFs Nonp      48825 (   0)     47226 (   0)  1599   64536 (     0)     40 [ntfs.sys  -  StrucSup.c]\n"
      " IpEQ Nonp          1 (   0)         0 (   0)        1    1808 (     0)   1808 [ipsec][ipsec.sys    -  event "
      "queue]\n"
      " 1MEM Nonp       1 (   0)         0 (   0)     1    3344 (     0)   3344   Unknown Driver\n");
  REQUIRE(mapped.snapshots.size() == 1);
  CHECK(mapped.problems.empty());
  CHECK(rows(mapped.snapshots[0]) == Rows{"NtFB paged 3996 3986 10 252088", "NtFs nonpaged 48825 47226 1599 64536",
                                          "IpEQ nonpaged 1 0 1 1808", "1MEM nonpaged 1 0 1 3344"});
  REQUIRE(mapped.snapshots[0].owners.size() == 3);
  CHECK(mapped.snapshots[0].owners[2].second == "[ipsec][ipsec.sys    -  event queue]");

  const Read session = read(
      "Memory:  523572K Avail:  233036K  PageFlts:   344   InRam Krnl: 1828K P:18380K\n"
      "Commit: 193632K Limit:1279764K Peak: 987356K            Pool N:14332K P:18644K\n"
      "All sessions pool information\n"
      " Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc\n\n"
      " Bmfd Paged       361 (   0)       336 (   0)       25   57832 (     0)   2313\n"
      " DDfb Paged        34 (   0)        22 (   0)       12     720 (     0)     60\n");
  CHECK(rows(session.snapshots.at(0)) == Rows{"Bmfd session:all 361 336 25 57832", "DDfb session:all 34 22 12 720"});
  CHECK(session.snapshots[0].totals.commit_limit == 1279764ULL * 1024);

  const Read printer = read(
      "Memory:  130480K Avail:   91856K  PageFlts:  1220   InRam Krnl: 2484K P: 7988K\n"
      "Commit:  30104K Limit: 248432K Peak:  34028K            Pool N: 2224K P: 8004K\n"
      "Tag  Type        Allocs           Frees           Diff  Bytes           Per Alloc\n\n"
      "Drsd Paged       560 ( 177)       539 ( 171)       21   17472 (  4992)    832 \n\n"
      "Memory:  130480K Avail:   91808K  PageFlts:  1240   InRam Krnl: 2488K P: 7996K\n"
      "Commit:  30152K Limit: 248432K Peak:  34052K            Pool N: 2224K P: 8012K\n"
      "Tag  Type        Allocs           Frees           Diff  Bytes          Per Alloc\n\n"
      "Drsd Paged       737 (   0)       710 (   0)       27   22464 (     0)    832  \n");
  REQUIRE(printer.snapshots.size() == 2);
  CHECK(rows(printer.snapshots[0]) == Rows{"Drsd paged 560 539 21 17472"});
  CHECK(rows(printer.snapshots[1]) == Rows{"Drsd paged 737 710 27 22464"});
  CHECK(printer.problems.empty());
}

TEST_CASE("screens whose blanks a web page collapsed, and quoted ones") {
  const Read web = read(
      "Memory: 16224K Avail: 4564K PageFlts: 31 InRam Krnl: 684K P: 680K\n"
      "Commit: 24140K Limit: 24952K Peak: 24932K Pool N: 744K P: 2180K\n"
      "## Tag Type Allocs Frees Diff Bytes Per Alloc\n"
      "CM Paged 1283 ( 0) 1002 ( 0) 281 1377312 ( 0) 4901\n"
      "Strg Paged 10385 ( 10) 6658 ( 4) 3727 317952 ( 512) 85\n"
      "Fat Paged 6662 ( 8) 4971 ( 6) 1691 174560 ( 128) 103\n"
      "MmSt Paged 614 ( 0) 441 ( 0) 173 83456 ( 0) 482\n");
  CHECK(web.problems.empty());
  CHECK(rows(web.snapshots.at(0)) == Rows{"CM   paged 1283 1002 281 1377312", "Strg paged 10385 6658 3727 317952",
                                          "Fat  paged 6662 4971 1691 174560", "MmSt paged 614 441 173 83456"});
  const Read paste = read(
      "- Memory: 8304828K Avail: 357404K PageFlts:749759184 InRam Krnl:31464K P:248372K\n"
      "- Commit:12798116K Limit:32880828K Peak:12958348K Pool N:168816K P:303892K\n"
      "- System pool information\n"
      "- Tag Type Allocs Frees Diff Bytes Per Alloc\n"
      "- CM31 Paged 76680 ( 0) 49859 ( 0) 26821 122609664 ( 0) 4571\n"
      "- Irp Nonp 75321006 ( 0) 75307341 ( 0) 13665 4645936 ( 0) 339\n"
      "- BGIK Paged 1 ( 0) 0 ( 0) 1 6221824 ( 0) 6221824\n");
  CHECK(paste.problems.empty());
  CHECK(rows(paste.snapshots.at(0)) == Rows{"CM31 paged 76680 49859 26821 122609664",
                                            "Irp  nonpaged 75321006 75307341 13665 4645936",
                                            "BGIK paged 1 0 1 6221824"});
  CHECK(paste.snapshots[0].totals.commit == 12798116ULL * 1024);
}

TEST_CASE("snapshot files, narrow and wide, with and without drivers, appended") {
  const Read narrow = read(
      "\r\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\r\n\r\n"
      " Leak  Nonp       200         50       150  156000       1040        \r\n"
      " Leak Paged         1          0         1    4112       4112        \r\n"
      "  ICE  Nonp        12         10         2     128         64        \r\n"
      " Io    Nonp        12         10         2     128         64        \r\n"
      " A B   Nonp        12         10         2     128         64        [a.sys][b.sys - some text]\r\n"
      " Wrap  Nonp -2147483000 -2147483100       100  -1000000          0        \r\n"
      "\r\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\r\n\r\n"
      " Leak  Nonp       300         50       250  260000       1040        \r\n"
      " Total Nonp      1000        900       100 1000000\r\n");
  CHECK(narrow.problems.empty());
  REQUIRE(narrow.snapshots.size() == 2);
  CHECK(rows(narrow.snapshots[0]) == Rows{"Leak nonpaged 200 50 150 156000", "Leak paged 1 0 1 4112",
                                          "ICE\\x00 nonpaged 12 10 2 128", "Io   nonpaged 12 10 2 128",
                                          "A B  nonpaged 12 10 2 128",
                                          "Wrap nonpaged -2147483000 -2147483100 100 -1000000"});
  CHECK(rows(narrow.snapshots[1]) == Rows{"Leak nonpaged 300 50 250 260000"});
  const Read wide = read(
      " Tag  Type     Allocs            Frees               Diff            Bytes                 Per Alloc\n\n"
      " EtwB  Nonp              1000               400               600        25769803776         42949672        \n"
      " Toke Paged        4567890123        4567880000             10123           20246000             2000        "
      "\n");
  CHECK(wide.problems.empty());
  CHECK(rows(wide.snapshots.at(0)) ==
        Rows{"EtwB nonpaged 1000 400 600 25769803776", "Toke paged 4567890123 4567880000 10123 20246000"});
}

TEST_CASE("separators give times, in the ways that machines write them") {
  const auto time_of = [](const std::string& line) -> std::int64_t {
    const Read log =
        read(line + "\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n Leak  Nonp 2 1 1 10 10\n");
    if (log.snapshots.size() != 1 || !log.snapshots[0].time) return -1;
    return log.snapshots[0].time->seconds;
  };
  const std::int64_t expected = days_from_civil(2026, 11, 24) * 86400 + 17 * 3600 + 5 * 60 + 33;
  CHECK(time_of("===== 2026-11-24 17:05:33 =====") == expected);
  CHECK(time_of("Tue 11/24/2026 17:05:33.12") == expected);
  CHECK(time_of("11/24/2026 5:05:33 PM") == expected);
  CHECK(time_of("24.11.2026 17:05:33,12") == expected);
  CHECK(time_of("24/11/2026 17:05:33") == expected);
  CHECK(time_of("Tuesday, November 24, 2026 5:05:33 PM") == expected);
  CHECK(time_of("24 November 2026 17:05:33") == expected);
  CHECK(time_of("2026-11-24T17:05:33.0000000+01:00") == expected - 3600);  // a zone is written: UTC
  CHECK(time_of("The current date is: Tue 11/24/2026 \nThe current time is: 17:05:33.12") == expected);
  CHECK(time_of("Debug session time: Tue Nov 24 17:05:33.000 2026 (UTC + 1:00)") == expected - 3600);
  CHECK(time_of("we restarted the server named above on 11/24/2026 at 17:05:33 because of the leak") == -1);
  CHECK(days_from_civil(1970, 1, 1) == 0);
  CHECK(days_from_civil(2000, 2, 29) == 11016);
}

TEST_CASE("day and month change places where only that makes time go forward") {
  SeriesTable table;
  std::string log;
  for (const char* date : {"01/11/2026", "02/11/2026", "12/11/2026", "01/12/2026"})
    log += std::string(date) +
           " 10:00\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n Leak  Nonp 2 1 1 10 10\n\n";
  for (const Snapshot& snapshot : read(log).snapshots) table.add(snapshot, "log");
  CHECK(table.snapshots() == 4);
  CHECK(table.clock() == SeriesTable::Clock::exchanged);
  CHECK(analyse(table, {}).hours == doctest::Approx(30 * 24));
}

TEST_CASE("!poolused, old and new, short and long") {
  const Read old = read(
      "0: kd> !poolused\n   Sorting by  Tag\n\n  Pool Used:\n            NonPaged            Paged\n"
      " Tag    Allocs     Used    Allocs     Used\n"
      " 1394        1      520         0        0UNKNOWN pooltag '1394', please update pooltag.txt\n"
      " 8042        4     3944         0        0PS/2 kb and mouse , Binary: i8042prt.sys\n"
      " AGP         1      344         2      384UNKNOWN pooltag 'AGP ', please update pooltag.txt\n"
      " AcpA        3      192         1      504ACPI Pooltags , Binary: acpi.sys\n"
      " Abcd        3      192         1      5043Com adapter , Binary: el90x.sys\n"
      "TOTAL    11000  3410056      4000  2740512\n");
  CHECK(old.problems.empty());
  REQUIRE(old.snapshots.size() == 1);
  CHECK(rows(old.snapshots[0]) == Rows{"1394 nonpaged 1 520", "8042 nonpaged 4 3944", "AGP  nonpaged 1 344",
                                       "AGP  paged 2 384", "AcpA nonpaged 3 192", "AcpA paged 1 504",
                                       "Abcd nonpaged 3 192", "Abcd paged 1 504"});
  CHECK(old.snapshots[0].owners.size() == 3);
  CHECK(old.snapshots[0].owners[0].second == "i8042prt.sys");
  CHECK(old.snapshots[0].totals.nonpaged == 3410056);
  CHECK(old.snapshots[0].totals.paged == 2740512);
  const Read sorted = read(
      "kd> !poolused 4 \nSorting by Paged Pool Consumed\n\nPool Used:\n            NonPaged            Paged     \n"
      "    Tag    Allocs     Used    Allocs     Used \n"
      "    Abc         0        0     36405 33930272 \n    Tron        0        0       552  7863232 \n"
      "    Gla5        1      128      2222   924352 \n");
  CHECK(sorted.problems.empty());
  CHECK(rows(sorted.snapshots.at(0)) ==
        Rows{"Abc  paged 36405 33930272", "Tron paged 552 7863232", "Gla5 nonpaged 1 128", "Gla5 paged 2222 924352"});
  const Read collapsed = read("Tag Allocs Used Allocs Used\nAbc 0 0 36405 33930272\nTron 0 0 552 7863232\n");
  CHECK(rows(collapsed.snapshots.at(0)) == Rows{"Abc  paged 36405 33930272", "Tron paged 552 7863232"});
  const Read with_tabs = read(
      " Tag    Allocs     Used    Allocs     Used\n Leak     1000  1040000         1     4112\tUNKNOWN pooltag 'Leak', "
      "please update pooltag.txt\n");
  CHECK(rows(with_tabs.snapshots.at(0)) == Rows{"Leak nonpaged 1000 1040000", "Leak paged 1 4112"});
  const Read verbose = read(
      " Tag    Allocs    Frees     Diff     Used   Allocs    Frees     Diff     Used\n"
      " Leak     1000       10      990  1029600        1        0        1     4112\n");
  CHECK(rows(verbose.snapshots.at(0)) == Rows{"Leak nonpaged 1000 10 990 1029600", "Leak paged 1 0 1 4112"});
}

TEST_CASE("CSV of PowerShell's poolmon, of perfmon, of a spreadsheet") {
  const Read shell = read(
      "\"DateTime\",\"DateTimeUTC\",\"Tag\",\"PagedAllocs\",\"PagedFrees\",\"PagedDiff\",\"PagedUsedBytes\","
      "\"NonPagedAllocs\","
      "\"NonPagedFrees\",\"NonPagedDiff\",\"NonPagedUsedBytes\",\"TotalUsedBytes\",\"Binary\",\"Description\"\n"
      "\"2026-11-24T10:00:00\",\"2026-11-24T09:00:00\",\"Leak\",\"1\",\"0\",\"1\",\"4112\",\"200\",\"50\",\"150\","
      "\"156000\",\"160112\",\"\",\"\"\n"
      "\"2026-11-24T10:00:00\",\"2026-11-24T09:00:00\",\"FMfn\",\"30\",\"10\",\"20\",\"9000\",\"0\",\"0\",\"0\",\"0\","
      "\"9000\",\"fltmgr.sys\",\"names, cached\"\n"
      "\"2026-11-24T10:05:00\",\"2026-11-24T09:05:00\",\"Leak\",\"1\",\"0\",\"1\",\"4112\",\"300\",\"50\",\"250\","
      "\"260000\",\"264112\",\"\",\"\"\n");
  CHECK(shell.problems.empty());
  REQUIRE(shell.snapshots.size() == 2);
  CHECK(rows(shell.snapshots[0]) ==
        Rows{"Leak paged 1 0 1 4112", "Leak nonpaged 200 50 150 156000", "FMfn paged 30 10 20 9000"});
  CHECK(shell.snapshots[0].time->seconds == days_from_civil(2026, 11, 24) * 86400 + 9 * 3600);
  CHECK(shell.snapshots[1].time->seconds - shell.snapshots[0].time->seconds == 300);
  CHECK(shell.snapshots[0].owners.at(0).second == "fltmgr.sys");
  const Read perfmon = read(
      "\"(PDH-CSV 4.0) (Pacific Standard Time)(480)\",\"\\\\HOST\\Memory\\Pool Nonpaged "
      "Bytes\",\"\\\\HOST\\Memory\\Pool Paged Bytes\","
      "\"\\\\HOST\\Memory\\Available MBytes\",\"\\\\HOST\\Process(x)\\Handle Count\"\n"
      "\"11/24/2026 10:00:00.123\",\"104857600.000000\",\"209715200\",\"512\",\"1\"\n"
      "\"11/24/2026 10:00:15.123\",\"104861696.000000\",\" \",\"511\",\"1\"\n");
  CHECK(perfmon.problems.empty());
  REQUIRE(perfmon.snapshots.size() == 2);
  CHECK(perfmon.snapshots[0].rows.empty());
  CHECK(perfmon.snapshots[0].totals.nonpaged == 104857600);
  CHECK(perfmon.snapshots[0].totals.paged == 209715200);
  CHECK(perfmon.snapshots[0].totals.available == 512ULL << 20);
  CHECK(perfmon.snapshots[1].totals.nonpaged == 104861696);
  CHECK_FALSE(perfmon.snapshots[1].totals.paged);
  const Read sheet = read("Date;Tag;Type;Allocs;Frees;Diff;Bytes\n24.11.2026 10:00;Leak;Nonp;200;50;150;156000\n");
  CHECK(rows(sheet.snapshots.at(0)) == Rows{"Leak nonpaged 200 50 150 156000"});
  const Read markdown = read(
      "| Tag | Type | Allocs | Frees | Diff | Bytes |\n|---|---|---|---|---|---|\n| `Leak` | Nonp | 200 | 50 | 150 | "
      "156,000 |\n");
  CHECK(rows(markdown.snapshots.at(0)) == Rows{"Leak nonpaged 200 50 150 156000"});
}

TEST_CASE("every encoding gives the same figures") {
  const Rows expected = rows(read(kDisplay).snapshots.at(0));
  for (const bool little : {true, false}) {
    for (const bool mark : {true, false}) CHECK(rows(read(utf16(kDisplay, little, mark)).snapshots.at(0)) == expected);
  }
  CHECK(rows(read(std::string("\xEF\xBB\xBF") + kDisplay).snapshots.at(0)) == expected);
  std::string crlf;
  for (const char* c = kDisplay; *c != '\0'; ++c) crlf += *c == '\n' ? std::string("\r\n") : std::string(1, *c);
  CHECK(rows(read(crlf).snapshots.at(0)) == expected);
}

TEST_CASE("what cannot be read is named with its line, the rest is used") {
  const Read log = read(
      "Dear support,\nplease look at the Paged pool below.\n\n"
      " Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n"
      " Leak  Nonp       200         50       150  156000       1040        \n"
      " Brok  Nonp       200         50\n"
      " Brok  Nonp       200         50       151  156000       1040\n"
      "this line is nonsense\n"
      " Fine  Nonp       200         50       150  156000       1040        \n"
      " ERROR: Number of Pool Tags Exceeds Buffer Size in PoolSnap, List Truncated\n");
  CHECK(rows(log.snapshots.at(0)) == Rows{"Leak nonpaged 200 50 150 156000", "Fine nonpaged 200 50 150 156000"});
  REQUIRE(log.problems.size() == 3);  // a line without a number holds no row
  CHECK(log.problems[0].line == 7);
  CHECK(log.problems[1].line == 8);
  CHECK(log.problems[2].line == 11);
}

TEST_CASE("a snapshot says where it begins, even when totals or half of a row are all there is of it") {
  const Read totals = read(" Memory:  260620K Avail:   96364K  PageFlts:     0   InRam Krnl: 1916K P:17856K\n");
  REQUIRE(totals.snapshots.size() == 1);
  CHECK(totals.snapshots[0].line == 1);
  const Read half = read(
      "\"DateTime\",\"DateTimeUTC\",\"Tag\",\"PagedAllocs\",\"PagedFrees\",\"PagedDiff\",\"PagedUsedBytes\","
      "\"NonPagedAllocs\",\"NonPagedFrees\",\"NonPagedDiff\",\"NonPagedUsedBytes\",\"TotalUsedBytes\"\n"
      "\"2026-11-24T10:00:00\",\"2026-11-24T09:00:00\",\"Leak\",\"1\",\"0\",\"1\",\"4112\",\"2\",\"1\",\"1\",\"8\","
      "\"9\"\n"
      "\"2026-11-24T10:05:00\",\"2026-11-24T09:05:00\",\"Leak\",\"1\",\"0\",\"1\",\"4112\",\"x\",\"1\",\"1\",\"8\","
      "\"9\"\n");
  REQUIRE(half.snapshots.size() == 2);
  CHECK(half.snapshots[1].line == 3);
  REQUIRE(half.problems.size() == 1);
  CHECK(half.problems[0].line == 3);
}

TEST_CASE("screens pasted one below the other without headers are still several snapshots") {
  const Read log = read(
      " Leak Nonp  200 ( 0)  50 ( 0)  150  156000 ( 0)  1040\n Irp  Nonp  9 ( 0)  5 ( 0)  4  160 ( 0)  40\n"
      " Leak Nonp  300 ( 0)  50 ( 0)  250  260000 ( 0)  1040\n Irp  Nonp  9 ( 0)  5 ( 0)  4  160 ( 0)  40\n");
  CHECK(log.snapshots.size() == 2);
}

TEST_CASE("restarts split a series, wraps do not") {
  SeriesTable table;
  const auto add = [&table](std::int64_t allocs, std::int64_t frees, std::int64_t bytes) {
    Snapshot snapshot;
    Row row;
    row.tag = PoolTag::from_text("Leak");
    row.allocs = allocs;
    row.frees = frees;
    row.diff = static_cast<std::int32_t>(static_cast<std::uint32_t>(allocs - frees));
    row.bytes = bytes;
    snapshot.rows = {row};
    table.add(snapshot, "log");
  };
  constexpr std::int64_t k32 = std::int64_t{1} << 32;
  add(k32 - 1000 - k32, k32 - 3000 - k32, 2000000);  // printed as -1000 and -3000
  add(500, k32 - 2900 - k32, 3400000);               // allocs wrapped, frees not yet
  add(2000, 100, 1900000);
  const Series& series = table.series().at(0);
  REQUIRE(series.points.size() == 3);
  CHECK(series.points[0].allocs == k32 - 1000);
  CHECK(series.points[1].allocs == k32 + 500);
  CHECK(series.points[2].allocs == k32 + 2000);
  CHECK(series.points[2].frees == k32 + 100);
  CHECK(table.buckets().back().boot == 0);
  add(10, 0, 10000);
  CHECK(table.buckets().back().boot == 1);
  CHECK(table.notes().size() == 1);
}

TEST_CASE("bytes of more than 32 bits that a narrow layout cut off continue") {
  SeriesTable table;
  constexpr std::int64_t k32 = std::int64_t{1} << 32;
  for (std::int64_t step = 0; step < 12; ++step) {
    Snapshot snapshot;
    Row row;
    row.tag = PoolTag::from_text("Leak");
    const std::int64_t diff = 1000000 + 100000 * step;
    row.diff = diff;
    row.allocs = row.diff;
    row.frees = 0;
    row.bytes = static_cast<std::int32_t>(static_cast<std::uint32_t>(diff * 4112 % k32));
    snapshot.rows = {row};
    table.add(snapshot, "log");
  }
  CHECK(table.series().at(0).points.back().bytes == 2100000LL * 4112);
}

TEST_CASE("ten thousand snapshots become at most 256 points that keep lowest and highest") {
  SeriesTable table;
  for (std::int64_t step = 0; step < 10000; ++step) {
    Snapshot snapshot;
    Row row;
    row.tag = PoolTag::from_text("Saw ");
    row.allocs = 10 * step + step % 7;
    row.frees = 10 * step;
    row.diff = step % 7;
    row.bytes = 1000 * (step % 7);
    snapshot.rows = {row};
    table.add(snapshot, "log");
  }
  const Series& series = table.series().at(0);
  CHECK(series.snapshots == 10000);
  CHECK(series.points.size() <= kMostPoints);
  CHECK(series.points.size() >= kMostPoints / 2);
  for (std::size_t i = 0; i + 1 < series.points.size(); ++i) {
    CHECK(series.points[i].low == 0);
    CHECK(series.points[i].high == 6000);
  }
}

TEST_CASE("no garbage makes the readers fall over") {
  const std::string seeds[] = {
      kDisplay,
      " Tag    Allocs     Used    Allocs     Used\n 8042        4     3944         0        0x\n",
      "\"DateTime\",\"Tag\",\"PagedUsedBytes\"\n\"2026-11-24 10:00\",\"Leak\",\"5\"\n",
      "\"(PDH-CSV 4.0)\",\"\\\\H\\Memory\\Pool Paged Bytes\"\n\"11/24/2026 10:00:00\",\"5\"\n",
      "===== 2026-11-24 17:05:33 =====\n Leak  Nonp 2 1 1 10 10\n",
      utf16(kDisplay, true, true)};
  std::mt19937 random(5);
  std::size_t snapshots = 0;
  for (unsigned round = 0; round < 20000; ++round) {
    std::string text = seeds[random() % std::size(seeds)];
    const unsigned changes = static_cast<unsigned>(random()) % 12;
    for (unsigned i = 0; i < changes; ++i) {
      const std::size_t at = random() % (text.size() + 1);
      switch (random() % 5) {
        case 0: text.insert(at, 1, static_cast<char>(random())); break;
        case 1: text.erase(at, random() % 8); break;
        case 2: text.insert(at, text.substr(random() % (text.size() + 1), random() % 60)); break;
        case 3: text.insert(at, "99999999999999999999"); break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(random());
      }
    }
    if (round % 50 == 0) {
      text.resize(random() % 3000);
      for (char& c : text) c = static_cast<char>(random());
    }
    SeriesTable table;
    const Read log = read(text);
    for (const Snapshot& snapshot : log.snapshots) table.add(snapshot, "garbage");
    const Analysis analysis = analyse(table, {});
    snapshots += log.snapshots.size();
    CHECK(analysis.tags.size() == table.series().size());
  }
  CHECK(snapshots > 8000);
}

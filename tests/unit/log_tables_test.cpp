// Tables that are not poolmon's own: Format-Table, reports with units and headings, other locales' numbers, files in
// two encodings, separators without a date. The shapes are those found in the wild; the figures are made up.
#include <doctest/doctest.h>

#include "log_reading.hpp"
#include "scanner/poolmon/growth.hpp"
#include "scanner/poolmon/numbers.hpp"

using namespace scanner::poolmon;
using namespace log_reading;

TEST_CASE("Format-Table of a poolmon script, with a header for each look") {
  const std::string header =
      "\nDateTime            DateTimeUTC         Tag  PagedAllocs PagedFrees PagedDiff PagedUsedBytes NonPagedAllocs "
      "NonPagedFrees NonPagedDiff NonPagedUsedBytes TotalUsedBytes Binary     Description\n"
      "--------            -----------         ---  ----------- ---------- --------- -------------- -------------- "
      "------------- ------------ ----------------- -------------- ------     -----------\n";
  const Read log = read(
      header +
      "2026-11-24T10:00:00 2026-11-24T09:00:00 Leak           1          0         1           4112            200 "
      "           50          150            156000         160112\n"
      "2026-11-24T10:00:00 2026-11-24T09:00:00 Io             0          0         0              0             12 "
      "           10            2               128            128 nt!io      I/O manager\n"
      "2026-11-24T10:00:00 2026-11-24T09:00:00 FMfn          30         10        20           9000              0 "
      "            0            0                 0           9000 fltmgr.sys names, cached\n\n" +
      header +
      "2026-11-24T10:05:00 2026-11-24T09:05:00 Leak           1          0         1           4112            300 "
      "           50          250            260000         264112\n\n");
  CHECK(log.problems.empty());
  REQUIRE(log.snapshots.size() == 2);
  CHECK(rows(log.snapshots[0]) == Rows{"Leak paged 1 0 1 4112", "Leak nonpaged 200 50 150 156000",
                                       "Io   nonpaged 12 10 2 128", "FMfn paged 30 10 20 9000"});
  CHECK(log.snapshots[0].owners.size() == 2);
  CHECK(log.snapshots[0].owners[1].second == "fltmgr.sys");
  CHECK(log.snapshots[1].time->seconds - log.snapshots[0].time->seconds == 300);
  CHECK(rows(log.snapshots[1]) == Rows{"Leak paged 1 0 1 4112", "Leak nonpaged 300 50 250 260000"});
}

TEST_CASE("Format-Table of chosen properties; a window that was too narrow") {
  const Read some =
      read("\nTag  NonPagedUsedBytes\n---  -----------------\nLeak            156000\nIo                 128\n");
  CHECK(some.problems.empty());
  CHECK(rows(some.snapshots.at(0)) == Rows{"Leak nonpaged ? 156000", "Io   nonpaged ? 128"});
  const Read cut = read(
      "\nDateTime  Tag  PagedAl... PagedFr... NonPage...\n--------  ---  ---------- ---------- ----------\n"
      "2026-1... Leak          1          0     156000\n");
  CHECK(cut.snapshots.empty());
  REQUIRE(cut.problems.size() == 1);
  CHECK(cut.problems[0].message.find("too narrow") != std::string::npos);
}

TEST_CASE("tables in reports: headings name the pool, titles and numbers the unit") {
  const Read report = read(
      "### Largest paged-pool tags\n\n"
      "| Tag | Current bytes | Outstanding allocations (`allocs - frees`) |\n|---|---:|---:|\n"
      "| `Toke` | 7,695.5 MB | 3,708,367 |\n| `D2d ` | 406.5 MB | 13,325,627 |\n\n"
      "Total paged pool remains about **30.1 GB**.\n\n"
      "### Largest nonpaged-pool tags\n\n"
      "| Tag | Current bytes | Outstanding allocations (`allocs - frees`) |\n|---|---:|---:|\n"
      "| `File` | 5,197.25 MB | 13,626,897 |\n\nlater:\n\n"
      "### Largest paged-pool tags\n\n"
      "| Tag | Current bytes | Outstanding allocations (`allocs - frees`) |\n|---|---:|---:|\n"
      "| `Toke` | 7,700.5 MB | 3,708,999 |\n");
  CHECK(report.problems.empty());
  REQUIRE(report.snapshots.size() == 2);
  CHECK(rows(report.snapshots[0]) ==
        Rows{"Toke paged 3708367 8069316608", "D2d  paged 13325627 426246144", "File nonpaged 13626897 5449711616"});
  CHECK(rows(report.snapshots[1]) == Rows{"Toke paged 3708999 8074559488"});
  const Read megabytes = read(
      "non-paged pool:\nTag    NP_MB      share\nNtFC   21353.25   97.1%    <-- 65.5% of what is installed\n"
      "File   120.5      0.5%\n--- total tagged nonpaged = 21982 MB\n");
  CHECK(rows(megabytes.snapshots.at(0)) == Rows{"NtFC nonpaged ? 22390505472", "File nonpaged ? 126353408"});
  const Read both = read("Tag   NonPaged (KB)   Paged (KB)\nLeak  1,524           12\nFine  0               7\n");
  CHECK(both.problems.empty());
  CHECK(rows(both.snapshots.at(0)) == Rows{"Leak nonpaged ? 1560576", "Leak paged ? 12288", "Fine paged ? 7168"});
  const Read kilobytes =
      read("Tag  Type  Allocs  Frees  Diff  Bytes(KB)  Per Alloc\nLeak Nonp  200  50  150  16  109\n");
  CHECK(rows(kilobytes.snapshots.at(0)) == Rows{"Leak nonpaged 200 50 150 16384"});
}

TEST_CASE("no pool anywhere: it is not made up") {
  const Read log = read("Tag,Count,Size (KB)\nLeak,150,152\n");
  CHECK(rows(log.snapshots.at(0)) == Rows{"Leak unknown 150 155648"});
}

TEST_CASE("an analyzer's table: what was freed again within the trace does not count") {
  const Read log = read(
      "Type\tPool\tTag\tCount\tImpacting Size "
      "(B)\nAIFO\tNonPagedNx\tLeak\t150\t156000\nAIFI\tNonPagedNx\tLeak\t9\t9000\n"
      "AIFO\tPaged\tFine\t2\t128\n");
  CHECK(log.problems.empty());
  CHECK(rows(log.snapshots.at(0)) == Rows{"Leak nonpaged 150 156000", "Fine paged 2 128"});
}

TEST_CASE("numbers as every locale groups them") {
  const auto number = [](std::string_view text, std::int64_t unit = 1) -> std::int64_t {
    Numbers numbers;
    std::int64_t value = 0;
    std::string why;
    return numbers.read(text, unit == 1 ? std::nullopt : std::optional(unit), true, value, why) ? value : -1;
  };
  for (const char* text : {"1234567", "1,234,567", "1.234.567", "1 234 567", "1'234'567",
                           "1\xC2\xA0"
                           "234\xC2\xA0"
                           "567",
                           "1\xE2\x80\xAF"
                           "234\xE2\x80\xAF"
                           "567",
                           "1\xE2\x80\x99"
                           "234\xE2\x80\x99"
                           "567",
                           "12,34,567", "1234567.000000", "1,234,567.00", "1.234.567,00", "+1234567"})
    CHECK_MESSAGE(number(text) == 1234567, text);
  CHECK(number("1,234") == 1234);
  CHECK(number("1.234") == 1234);
  CHECK(number("-5") == -5);
  CHECK(number("0x11000L") == 69632);
  CHECK(number("1.3204889600000000e+010") == 13204889600);
  CHECK(number("169392 (  16)") == 169392);
  CHECK(number("**2,048** (KB)") == 2097152);
  CHECK(number("9007199254740993") == 9007199254740993);
  CHECK(number("1.5 MB") == 1572864);
  CHECK(number("1,5 MB") == 1572864);
  CHECK(number("1,5", 1 << 20) == 1572864);
  CHECK(number("1.234,5 KB") == 1264128);
  CHECK(number("1,234.5 KB") == 1264128);
  CHECK(number("1,234 KB") == 1263616);
  CHECK(number("0.125 KB") == 128);
  CHECK(number("12 MiB") == 12582912);
  for (const char* text : {"", "x", "1.2.3,4,5", "12 apples", "1e5", "0xg", "--5", "1.234 MB", "-", "."})
    CHECK_MESSAGE(number(text) == -1, text);
}

TEST_CASE("a number that can be read in two ways is asked of the others, else it is named") {
  const Read german = read("Tag;Nonpaged (MB)\nAbcd;12,5\nLeak;1.024\n");
  CHECK(german.problems.empty());
  CHECK(rows(german.snapshots.at(0)) == Rows{"Abcd nonpaged ? 13107200", "Leak nonpaged ? 1073741824"});
  const Read english = read("Tag;Nonpaged (MB)\nAbcd;12.5\nLeak;1.024\n");
  CHECK(rows(english.snapshots.at(0)).at(1) == "Leak nonpaged ? 1073742");
  const Read open = read("Tag;Nonpaged (MB)\nLeak;1.024\n");
  CHECK(open.snapshots.empty());
  REQUIRE(open.problems.size() == 1);
  CHECK(open.problems[0].message.find("two ways") != std::string::npos);
}

TEST_CASE("separators with a time of day only, over midnight") {
  std::string text;
  for (const char* time : {"22:30", "23:30:10", "00:30", "01:30"})
    text += "===== " + std::string(time) +
            " =====\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n Leak  Nonp 2 1 1 10 10\n\n";
  SeriesTable table;
  const Read log = read(text);
  for (const Snapshot& snapshot : log.snapshots) table.add(snapshot, "log");
  CHECK(log.problems.empty());
  CHECK(table.clock() == SeriesTable::Clock::as_written);
  CHECK(analyse(table, {}).hours == doctest::Approx(3));
  // The day is known of the first only.
  SeriesTable mixed;
  text.replace(text.find("22:30"), 5, "2026-11-24 22:30");
  for (const Snapshot& snapshot : read(text).snapshots) mixed.add(snapshot, "log");
  CHECK(mixed.clock() == SeriesTable::Clock::as_written);
  CHECK(mixed.buckets().back().time->seconds == days_from_civil(2026, 11, 25) * 86400 + 5400);
}

TEST_CASE("one file in two encodings") {
  const std::string header = " Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\r\n\r\n";
  const std::string first =
      "===== 2026-11-24 10:00 =====\r\n" + header + " Leak  Nonp       200         50       150  156000 1040\r\n";
  const std::string second =
      "===== 2026-11-24 11:00 =====\r\n" + header + " Leak  Nonp       300         50       250  260000 1040\r\n";
  const auto check = [](const std::string& text) {
    INFO("first bytes ", static_cast<int>(text[0]), " ", static_cast<int>(text[1]), ", of ", text.size());
    const Read log = read(text);
    CHECK(log.problems.empty());
    REQUIRE(log.snapshots.size() == 2);
    CHECK(rows(log.snapshots[0]) == Rows{"Leak nonpaged 200 50 150 156000"});
    CHECK(rows(log.snapshots[1]) == Rows{"Leak nonpaged 300 50 250 260000"});
    CHECK(log.snapshots[1].time->seconds - log.snapshots[0].time->seconds == 3600);
  };
  for (const bool little : {true, false}) {
    for (const bool mark : {true, false}) {
      check(utf16(first, little, mark) + second);                       // cmd's >> behind PowerShell's >
      check(first + utf16(second, little, mark));                       // the reverse
      check(utf16(first, little, true) + utf16(second, little, mark));  // copy /b
    }
  }
  check(utf16(first, true, true) + utf16(second, false, true));
  check(first + "\xEF\xBB\xBF" + second);
}

TEST_CASE("prose about tags and bytes is no table") {
  const Read log =
      read("The tag uses many bytes of paged pool.\nTag it and count the bytes used.\nUse poolmon to find the tag\n");
  CHECK(log.snapshots.empty());
  CHECK(log.problems.empty());
}

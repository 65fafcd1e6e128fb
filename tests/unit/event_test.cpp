// Events of Windows' log, as every tool writes them: figures of our own in the shape of exports that people published.
#include "scanner/poolmon/event.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "log_reading.hpp"
#include "scanner/poolmon/evtx.hpp"
#include "scanner/poolmon/log_source.hpp"

using namespace scanner::poolmon;
using namespace log_reading;

namespace {

const std::string kOpen = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>";

std::string head(const std::string& source, unsigned number, const std::string& time) {
  return "<System><Provider Name='" + source + "' Guid='{9988748e-c2e8-4054-85f6-0c3e1cad2470}'/><EventID>" +
         std::to_string(number) + "</EventID><TimeCreated SystemTime='" + time + "'/></System>";
}

/// Event 2004 in one line; nonpaged pool is the sum of all figures here.
std::string exhausted(const std::string& time, std::int64_t leak, std::int64_t nonpaged = 0) {
  const auto n = [](std::int64_t value) { return std::to_string(value); };
  return kOpen + head("Microsoft-Windows-Resource-Exhaustion-Detector", 2004, time) +
         "<UserData><MemoryExhaustionInfo xmlns='http://www.microsoft.com/Windows/Resource/Exhaustion/Detector/Events'>"
         "<SystemInfo><SystemCommitLimit>9000000000</SystemCommitLimit><SystemCommitCharge>8000000000"
         "</SystemCommitCharge><ProcessCommitCharge>1000</ProcessCommitCharge><PagedPoolUsage>400000000"
         "</PagedPoolUsage><PhysicalMemorySize>8000</PhysicalMemorySize><PhysicalMemoryUsage>7000"
         "</PhysicalMemoryUsage><NonPagedPoolUsage>" +
         n(nonpaged != 0 ? nonpaged : leak) +
         "</NonPagedPoolUsage><Processes>99</Processes></SystemInfo><PagedPoolInfo><Tag_1><Name>CM31</Name>"
         "<PoolUsed>60</PoolUsed></Tag_1><Tag_2><Name>A&amp;&lt;B</Name><PoolUsed>50</PoolUsed></Tag_2><Tag_3><Name>"
         "</Name><PoolUsed>0</PoolUsed></Tag_3></PagedPoolInfo><NonPagedPoolInfo><Tag_1><Name>Leak</Name><PoolUsed>" +
         n(leak) +
         "</PoolUsed></Tag_1><Tag_2><Name>Io  </Name><PoolUsed>40</PoolUsed></Tag_2></NonPagedPoolInfo><ProcessInfo>"
         "<Process_1><Name>browser.exe</Name><ID>4</ID><CommitCharge>700000000</CommitCharge></Process_1><Process_2>"
         "<Name></Name><ID>0</ID><CommitCharge>0</CommitCharge></Process_2></ProcessInfo></MemoryExhaustionInfo>"
         "</UserData></Event>";
}

std::string empty(unsigned number, const std::string& time) {
  return kOpen + head("srv", number, time) + "<EventData><Data>x</Data></EventData></Event>";
}

const Rows kRows = {"CM31 paged ? 60", "A&<B paged ? 50", "Leak nonpaged ? 7000000000", "Io   nonpaged ? 40"};

std::string notes(const Read& log) {
  std::string out;
  for (const LineProblem& note : log.notes) out += note.message + "\n";
  return out;
}

bool says(const Read& log, const std::string& words) { return notes(log).find(words) != std::string::npos; }

/// The same event over several lines, as Event Viewer indents it.
std::string indented(std::string xml) {
  for (std::size_t at = 0; (at = xml.find("><", at)) != std::string::npos; ++at) xml.insert(at + 1, "\r\n    ");
  return xml;
}

}  // namespace

TEST_CASE("events: XML in one line, over several, in UTF-16 and as a web page shows it") {
  const std::string xml = exhausted("2026-05-03T10:00:00.1234567Z", 7000000000);
  std::string marked = indented(xml);
  for (std::size_t at = 0; (at = marked.find("<Pool", at)) != std::string::npos; at += 6) marked.insert(at, "`");
  for (std::size_t at = 0; (at = marked.find("\r\n", at)) != std::string::npos; at += 3) marked.insert(at, "\\");
  for (const std::string& text :
       {xml, "<?xml version='1.0'?><Events>" + xml + "</Events>", indented(xml), utf16(indented(xml), true, true),
        utf16(xml, false, false), "> see below\n\n" + indented(xml) + "\nthanks", marked}) {
    const Read log = read(text);
    CHECK(log.problems.empty());
    REQUIRE(log.snapshots.size() == 1);
    CHECK(rows(log.snapshots[0]) == kRows);
    REQUIRE(log.snapshots[0].time);
    CHECK(log.snapshots[0].time->seconds == 1777802400);
    CHECK(log.snapshots[0].time->zoned);
    CHECK(log.snapshots[0].largest_only);
    CHECK(log.snapshots[0].totals.paged == 400000000U);
    CHECK(log.snapshots[0].totals.nonpaged == 7000000000U);
    CHECK(log.snapshots[0].totals.commit == 8000000000U);
    CHECK(log.snapshots[0].totals.commit_limit == 9000000000U);
    CHECK(log.snapshots[0].totals.available == 1000U);
  }
}

TEST_CASE("events: the newest first, one twice, others between, a restart") {
  const std::string started = kOpen + head("Microsoft-Windows-Kernel-General", 12, "2026-05-03T11:30:00Z") + "</Event>";
  const Read log = read(exhausted("2026-05-03T12:00:00Z", 3) + started + empty(7036, "2026-05-03T10:30:00Z") +
                        exhausted("2026-05-03T11:00:00Z", 2) + "\n" + exhausted("2026-05-03T10:00:00Z", 1) + "\n" +
                        exhausted("2026-05-03T11:00:00Z", 2));
  REQUIRE(log.snapshots.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(log.snapshots[i].rows[2].bytes == static_cast<std::int64_t>(i + 1));
  CHECK_FALSE(log.snapshots[1].restarted);
  CHECK(log.snapshots[2].restarted);
}

TEST_CASE("events: an export of 10 MB is one line") {
  std::string text = "<Events>";
  std::size_t events = 0;
  for (; text.size() < (10U << 20); ++events)
    text += exhausted("2026-05-" + std::to_string(10 + events / 3600 % 20) +
                          "T10:" + std::to_string(10 + events / 60 % 50) + ":" + std::to_string(10 + events % 50) + "Z",
                      static_cast<std::int64_t>(events));
  for (const bool wide : {false, true}) {
    const Read log = read(wide ? utf16(text + "</Events>", true, true) : text + "</Events>");
    CHECK(log.problems.empty());
    CHECK(log.snapshots.size() > 1000);
  }
}

TEST_CASE("events: commit is not pool") {
  const Read commit = read(exhausted("2026-05-03T10:00:00Z", 100, 300000000));
  CHECK(says(commit, "commit was exhausted, not pool"));
  CHECK(says(commit, "browser.exe alone 0.7 GiB"));
  const Read pool = read(exhausted("2026-05-03T10:00:00Z", 7000000000));
  CHECK_FALSE(says(pool, "not pool"));
  CHECK(says(pool, "the pools hold a large part"));
}

TEST_CASE("events: times when a pool was empty") {
  const std::string text = empty(2019, "2026-05-03T10:00:00Z") + empty(2019, "2026-05-03T11:00:00Z") +
                           empty(2020, "2026-05-03T12:00:00Z") + empty(2017, "2026-05-03T13:00:00Z");
  std::istringstream in(text);
  LogReader reader(in);
  Snapshot snapshot;
  CHECK_FALSE(reader.next(snapshot));
  CHECK(reader.nothing().find("event 2004") != std::string::npos);
  const Read log = read(text);
  CHECK(says(log, "event 2019: the nonpaged pool was empty 2 times, first at 2026-05-03 10:00 UTC and last at"));
  CHECK(says(log, "event 2020: the paged pool was empty once, at 2026-05-03 12:00 UTC"));
  CHECK(says(log, "event 2017: the server service reached its limit"));
  // A program of the same number is another event.
  CHECK(notes(read(kOpen + head("Other", 2019, "2026-05-03T10:00:00Z") + "</Event>")).empty());
}

TEST_CASE("events: headings in other languages, without figures") {
  const char* const kTexts[] = {
      "Event[0]:\n  Log Name: System\n  Source: srv\n  Date: 2026-05-03T10:00:00.000\n  Event ID: 2019\n  Task: N/A\n"
      "  Level: Error\n  Description: \nThe server could not get nonpaged pool.\n",
      "Protokollname: System\nQuelle:        srv\nDatum:         03.05.2026 10:00:00\nEreignis-ID:   2019\n"
      "Aufgabenkategorie:Keine\nEbene:         Fehler\n",
      "Nom du journal :System\nSource :       srv\nDate :         03/05/2026 10:00:00\nID de l’événement :2019\n",
      "Nombre de registro:System\nOrigen:        srv\nFecha:         03/05/2026 10:00:00\nId. del evento:2019\n",
      "ログの名前:         System\nソース:           srv\n日付:            2026/05/03 10:00:00\nイベント ID:       "
      "2019\n",
      "日志名称:          System\n来源:            srv\n日期:            2026/5/3 10:00:00\n事件 ID:         2019\n",
      "Имя журнала:   System\nИсточник:      srv\nДата:          03.05.2026 10:00:00\nКод события:   2019\n",
      "TimeCreated  : 5/3/2026 10:00:00 AM\nProviderName : srv\nId           : 2019\nMessage      : x\n",
      "Level,Date and Time,Source,Event ID,Task Category\nError,5/3/2026 10:00:00 AM,Srv,2019,None,\"The server, x\"\n",
  };
  for (const char* text : kTexts) {
    INFO(text);
    const Read log = read(text);
    CHECK(log.snapshots.empty());
    // Where the day is not certain, both readings are told.
    CHECK_MESSAGE(says(log, "event 2019: the nonpaged pool was empty once, at 2026-0"), notes(log));
    CHECK_MESSAGE(says(log, "2026-05-03 10:00"), notes(log));
  }
  const Read message = read(
      "Log Name:      System\nSource:        Microsoft-Windows-Resource-Exhaustion-Detector\n"
      "Date:          5/3/2026 10:00:00 AM\nEvent ID:      2004\nDescription:\nWindows was short of memory: x.exe (1) "
      "consumed 2 bytes\n");
  CHECK(says(message, "names programs and no tag"));
}

TEST_CASE("events: a copy as text holds the heading and the XML of one event") {
  const std::string copy =
      "Log Name:      System\nSource:        srv\nDate:          5/3/2026 12:00:00 PM\n"
      "Event ID:      2019\nDescription:\nx\nEvent Xml:\n";
  const Read empty_pool = read(copy + indented(empty(2019, "2026-05-03T10:00:00Z")) + "\n");
  CHECK(says(empty_pool, "was empty once, at 2026-05-03 10:00 UTC"));
  const Read figures = read(
      "Log Name: System\nSource: Resource-Exhaustion-Detector\nDate: 5/3/2026 12:00:00 PM\n"
      "Event ID: 2004\nEvent Xml:\n" +
      indented(exhausted("2026-05-03T10:00:00Z", 7000000000)));
  REQUIRE(figures.snapshots.size() == 1);
  CHECK(rows(figures.snapshots[0]) == kRows);
  CHECK_FALSE(says(figures, "no tag"));
}

TEST_CASE("events: the friendly view") {
  const Read log = read(
      "- System \n\n  - Provider \n\n   [ Name]  Microsoft-Windows-Resource-Exhaustion-Detector \n"
      "   [ Guid]  {9988748e-c2e8-4054-85f6-0c3e1cad2470} \n \n   EventID 2004 \n \n   Version 0 \n \n"
      "  - TimeCreated \n\n   [ SystemTime]  2026-05-03T10:00:00.000Z \n \n   EventRecordID 12 \n \n"
      "   Computer box \n \n- UserData \n\n  - MemoryExhaustionInfo \n\n  - SystemInfo \n\n"
      "   SystemCommitLimit 9000000000 \n   SystemCommitCharge 8000000000 \n   PagedPoolUsage 400000000 \n"
      "   NonPagedPoolUsage 7000000000 \n   Processes 99 \n\n  - ProcessInfo \n\n  - Process_1 \n\n"
      "   Name browser.exe \n   ID 4 \n   CommitCharge 700000000 \n\n  - PagedPoolInfo \n\n  - Tag_1 \n\n"
      "   Name CM31 \n   PoolUsed 60 \n\n  - NonPagedPoolInfo \n\n  - Tag_1 \n\n   Name Leak \n"
      "   PoolUsed 7000000000 \n\n  - Tag_2 \n\n   Name Io   \n   PoolUsed 40 \n\n"
      " Tag  Type  Allocs  Frees  Diff  Bytes  Per Alloc\n Vx01 Nonp  900  300  600  76800  128\n");
  REQUIRE(log.snapshots.size() == 2);
  CHECK(rows(log.snapshots[0]) == Rows{"Vx01 nonpaged 900 300 600 76800"});
  CHECK(rows(log.snapshots[1]) == Rows{"CM31 paged ? 60", "Leak nonpaged ? 7000000000", "Io   nonpaged ? 40"});
  CHECK(log.snapshots[1].time->seconds == 1777802400);
}

TEST_CASE("events: one that does not end, or is too long, is named") {
  const std::string whole = exhausted("2026-05-03T10:00:00Z", 1);
  const Read cut = read(whole + whole.substr(0, whole.size() / 2));
  CHECK(cut.snapshots.size() == 1);
  REQUIRE(cut.problems.size() == 1);
  CHECK(cut.problems[0].message.find("does not end") != std::string::npos);
  std::string endless = kOpen;
  for (int i = 0; i < 40000; ++i) endless += "<Data>0123456789</Data>\n";
  const Read longer = read(endless + "\n" + whole);
  CHECK(longer.snapshots.size() == 1);
  CHECK(longer.problems.size() == 1);
}

TEST_CASE("events: an .evtx that is composed, by libevtx") {
  const std::string file = TEST_EVENTS;
  if (file.empty() || !evtx_supported()) return;
  const auto source = open_event_log(file);
  std::vector<Snapshot> found;
  for (Snapshot snapshot; source->next(snapshot);) found.push_back(snapshot);
  CHECK(source->take_problems().empty());
  REQUIRE(found.size() == 7);
  CHECK(rows(found[0]) == Rows{"CM31 paged ? 60000000", "MmSt paged ? 30000000", "Ntff paged ? 10000000",
                               "EtwB nonpaged ? 60000000", "File nonpaged ? 8000000", "Leak nonpaged ? 7000000"});
  CHECK(found[1].restarted);
  CHECK_FALSE(found[2].restarted);
  CHECK(rows(found[6])[5] == "Io   nonpaged ? 9000000");
  CHECK(found[6].totals.commit == 30990000000U);
  CHECK(found[6].time->seconds == 1777816800);
}

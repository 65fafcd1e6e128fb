// Any bytes as events of Windows' log: as text (XML, friendly view, headings), one XML event by itself, and, where they
// begin like an .evtx, through the library that reads those.
#include <unistd.h>

#include <boost/filesystem.hpp>
#include <fstream>
#include <sstream>

#include "scanner/poolmon/event.hpp"
#include "scanner/poolmon/log_reader.hpp"
#include "scanner/poolmon/log_source.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using namespace scanner::poolmon;

void check(SnapshotSource& source) {
  Snapshot snapshot;
  std::optional<std::int64_t> last;
  while (source.next(snapshot)) {
    if (snapshot.empty()) fuzz::fail("a snapshot that holds nothing");
    if (!snapshot.largest_only) continue;
    if (snapshot.line == 0) fuzz::fail("an event that begins nowhere");
    if (snapshot.rows.size() > 64) fuzz::fail("more rows than an event has");
    for (const Row& row : snapshot.rows) {
      if (!row.bytes || *row.bytes < 0 || row.allocs || row.diff) fuzz::fail("figures that no event tells");
    }
    if (snapshot.time && last && snapshot.time->seconds <= *last) last.reset();  // an event without time is among them
    if (snapshot.time) last = snapshot.time->seconds;
  }
  for (const LineProblem& problem : source.take_problems()) {
    if (problem.message.empty()) fuzz::fail("a problem without words");
  }
  for (const LineProblem& note : source.take_notes()) {
    if (note.message.empty()) fuzz::fail("a note without words");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with("ElfFile")) {
    static const std::string path =
        (boost::filesystem::temp_directory_path() / ("fuzz_events." + std::to_string(::getpid()))).string();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    check(*open_event_log(path));
    boost::filesystem::remove(path);
    return 0;
  }
  std::istringstream in(text);
  LogReader reader(in);
  check(reader);
  if (const auto event = event_of_xml(text)) fuzz::keep(event->rows.size());
  return 0;
}

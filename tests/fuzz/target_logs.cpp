// Any bytes as a leak log: recognised, read by the reader of its format, collected, judged. The first byte says where
// the log is cut in two, because machines write one file a snapshot.
#include <cmath>
#include <sstream>

#include "scanner/poolmon/growth.hpp"
#include "scanner/poolmon/log_reader.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using namespace scanner::poolmon;

void read(const std::string& log, SeriesTable& table) {
  std::istringstream in(log);
  LogReader reader(in);
  Snapshot snapshot;
  std::size_t last_line = 0;
  while (reader.next(snapshot)) {
    if (snapshot.empty()) fuzz::fail("a snapshot that holds nothing");
    // Several may come of one line of JSON.
    if (snapshot.largest_only ? snapshot.line == 0 : snapshot.line < last_line || snapshot.line == 0)
      fuzz::fail("snapshots do not go forward, or one begins nowhere");
    if (!snapshot.largest_only) last_line = snapshot.line;  // events are put in the order of their times
    table.add(snapshot, "log");
  }
  for (const LineProblem& problem : reader.take_problems()) {
    if (problem.message.empty()) fuzz::fail("a problem without words");
    if (problem.line > reader.lines()) fuzz::fail("a problem behind the last line");
  }
  std::istringstream again(log);
  fuzz::keep(static_cast<std::uint64_t>(LogReader(again).first_time().has_value()));
}

bool part(double value) { return value >= 0 && value <= 1; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t cut = text.size() * data[0] / 255;
  SeriesTable table;
  read(text.substr(0, cut), table);
  if (cut < text.size()) read(text.substr(cut), table);
  const Analysis analysis = analyse(table, {});
  for (const Growth& growth : analysis.tags) {
    if (!part(growth.confidence) || !part(growth.share)) fuzz::fail("confidence or share is no part of one");
    if (!std::isfinite(growth.bytes_per_step) || !std::isfinite(growth.bytes_per_hour.value_or(0)))
      fuzz::fail("a slope that is no number");
    if (growth.shape == Shape::leak && growth.snapshots < 3) fuzz::fail("a leak from two points");
    if (growth.points.size() > kMostPoints) fuzz::fail("more points than are kept");
  }
  return 0;
}

#include "scanner/commands/leak_logs.hpp"

#include <fstream>
#include <iostream>
#include <utility>

#include "scanner/report/words.hpp"

namespace scanner {
namespace {

constexpr std::size_t kNotes = 20;      // of one kind
constexpr std::size_t kNamesShown = 5;  // files without figures

constexpr const char* kNoFigures =
    "no figures of pools in it: poolmon's snapshots and screens, WinDbg's !poolused, and CSV of poolmon or perfmon "
    "are read";

}  // namespace

void LeakLogs::read_files() {
  const Options& options = inputs_.options;
  LogFiles logs = find_logs(diagnostics_, options.logs, !options.interval_seconds);
  out_.times_of_change = logs.times_of_change;
  out_.notes = std::move(logs.notes);
  for (const LogFile& log : logs.files) {
    if (diagnostics_.stop().set()) break;  // what was not read is not to be called empty
    if (log.path == "-") {
      read(std::cin, log);
    } else {
      std::ifstream in(log.path, std::ios::binary);
      read(in, log);
    }
  }
  tell_without_figures();
}

void LeakLogs::tell_without_figures() {
  if (no_figures_.empty()) return;
  std::string note = report::with_commas(no_figures_.size()) +
                     (no_figures_.size() == 1 ? " file holds" : " files hold") + " no figures of pools:";
  for (std::size_t i = 0; i < no_figures_.size() && i < kNamesShown; ++i)
    note += (i == 0 ? " " : ", ") + std::string(pe::file_name(no_figures_[i]));
  if (no_figures_.size() > kNamesShown) note += " and " + std::to_string(no_figures_.size() - kNamesShown) + " more";
  out_.notes.push_back(std::move(note));
  // A folder in which nothing is a log is no search that found nothing.
  if (out_.empty())
    for (const std::string& log : no_figures_) diagnostics_.problem({log, "log", 0, kNoFigures});
}

void LeakLogs::read(std::istream& in, const LogFile& log) {
  poolmon::LogReader reader(in);
  const bool figures = read(reader, log) > 0;
  if (figures || log.named) out_.read.push_back(log.path);
  if (figures) return;
  if (log.named) {
    diagnostics_.problem({log.path, "log", 0, kNoFigures});
  } else {
    no_figures_.push_back(log.path);
  }
}

void LeakLogs::watch(poolmon::SnapshotSource& live) {
  LiveView view(inputs_, diagnostics_.plain_results());
  read(live, {"this machine", true, std::nullopt}, &view);
  if (diagnostics_.stop().interrupted()) diagnostics_.stop().interrupt_served();
  view.close();
}

/// Returns how many snapshots there were.
std::uint64_t LeakLogs::read(poolmon::SnapshotSource& source, const LogFile& log, LiveView* view) {
  poolmon::Snapshot snapshot;
  std::uint64_t found = 0;
  while (!diagnostics_.stop().set() && source.next(snapshot)) {
    if (++found == 1 && log.time && (!snapshot.time || snapshot.time->dayless)) snapshot.time = log.time;
    if (view != nullptr && view->shown()) {
      view->show(snapshot);
      if (!diagnostics_.plain_results()) break;  // nobody reads any more
      add(snapshot, log);
      continue;
    }
    add(snapshot, log);
    tell_problems(source, log);
    diagnostics_.progress(std::to_string(out_.tags.snapshots()) + " snapshots  " + pe::printable(log.path));
  }
  // Of a file in a folder that turns out to be no log, nothing is an error.
  if (found > 0 || log.named) tell_problems(source, log);
  return found;
}

void LeakLogs::tell_problems(poolmon::SnapshotSource& source, const LogFile& log) {
  for (poolmon::LineProblem& problem : source.take_problems())
    diagnostics_.problem({log.path, "log", problem.line, std::move(problem.message)});
  for (const poolmon::LineProblem& note : source.take_notes()) {
    if (++reader_notes_ > kNotes) continue;
    const std::string line = note.line > 0 ? ":" + std::to_string(note.line) : "";
    out_.notes.push_back(std::string(pe::file_name(log.path)) + line + ": " + note.message);
  }
}

void LeakLogs::add(const poolmon::Snapshot& snapshot, const LogFile& log) {
  const bool tagged = !snapshot.rows.empty();
  const bool restarted = tagged && out_.tags.add(snapshot, pe::file_name(log.path));
  poolmon::Snapshot whole;
  whole.line = snapshot.line;
  whole.time = snapshot.time;
  for (const poolmon::Pool pool : {poolmon::Pool::nonpaged, poolmon::Pool::paged}) {
    const auto bytes = snapshot.totals.of(pool);
    if (!bytes) continue;
    poolmon::Row row;
    row.pool = pool;
    row.bytes = static_cast<std::int64_t>(*bytes);
    whole.rows.push_back(row);
  }
  if (whole.rows.empty() && tagged) return;
  (tagged ? out_.beside_tags : out_.totals).add(whole, pe::file_name(log.path), restarted);
}

}  // namespace scanner

#include "scanner/commands/leak_logs.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <utility>

#include "scanner/poolmon/log_reader.hpp"
#include "scanner/poolmon/log_source.hpp"
#include "scanner/report/words.hpp"

namespace scanner {
namespace {

constexpr std::size_t kNotes = 20;      // of one kind
constexpr std::size_t kNamesShown = 5;  // files without figures

constexpr const char* kNoFigures =
    "no figures of pools in it: poolmon's snapshots and screens, WinDbg's !poolused, and CSV of poolmon or perfmon "
    "are read";

}  // namespace

void LeakSeries::use_events() {
  const auto events = std::max(of_events.snapshots(), beside_events.snapshots());
  if (events == 0) return;
  if (tags.snapshots() + totals.snapshots() == 0) {
    tags = std::move(of_events);
    beside_tags = std::move(beside_events);
    notes.emplace_back("events name the three largest tags of each pool: a tag that is missing may have grown, too");
  } else {
    notes.push_back("figures of " + std::to_string(events) + (events == 1 ? " event are" : " events are") +
                    " left out: the other logs say more");
  }
}

void LeakLogs::read_files() {
  const Options& options = inputs_.options;
  LogFiles logs = options.logs.empty() && !options.live
                      ? own_event_log(inputs_, diagnostics_)
                      : find_logs(diagnostics_, options.logs, !options.interval_seconds);
  out_.times_of_change = logs.times_of_change;
  out_.notes = std::move(logs.notes);
  for (const LogFile& log : logs.files) {
    if (diagnostics_.stop().set()) break;  // what was not read is not to be called empty
    if (log.path == "-") {
      poolmon::LogReader reader(std::cin);
      read_log(reader, log);
    } else if (log.path.empty()) {
      read_log(*poolmon::open_event_log({}), {"the System log of this machine", true, true, std::nullopt});
    } else {
      std::ifstream in(log.path, std::ios::binary);
      read_log(*poolmon::open_log(log.path, in), log);
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
  if (!out_.empty()) {
    out_.notes.push_back(std::move(note));
    return;
  }
  // A folder in which nothing is a log is no search that found nothing.
  for (const std::string& log : no_figures_) diagnostics_.problem({log, "log", 0, kNoFigures});
}

void LeakLogs::read_log(poolmon::SnapshotSource& source, const LogFile& log) {
  const std::uint64_t errors = diagnostics_.summary().errors;
  const bool figures = read(source, log) > 0;
  if (figures || log.named) out_.read.push_back(log.path);
  if (figures || (log.named && diagnostics_.summary().errors > errors)) return;
  const std::string why = source.nothing();
  if (log.own && !why.empty()) {
    out_.notes.push_back(why);  // nothing was logged: that is an answer
  } else if (log.named) {
    diagnostics_.problem({log.path, "log", 0, why.empty() ? kNoFigures : why});
  } else {
    no_figures_.push_back(log.path);
  }
}

void LeakLogs::watch(poolmon::SnapshotSource& live) {
  LiveView view(inputs_, diagnostics_.plain_results());
  read(live, {"this machine", true, false, std::nullopt}, &view);
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
  poolmon::SeriesTable& tags = snapshot.largest_only ? out_.of_events : out_.tags;
  const bool restarted = tagged && tags.add(snapshot, pe::file_name(log.path), snapshot.restarted);
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
  poolmon::SeriesTable& pools = snapshot.largest_only ? out_.beside_events : tagged ? out_.beside_tags : out_.totals;
  pools.add(whole, pe::file_name(log.path), restarted || (!tagged && snapshot.restarted));
}

}  // namespace scanner

// The figures of a `leaks` run: logs, or the running system, read into series.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scanner/commands/inputs.hpp"
#include "scanner/commands/live_view.hpp"
#include "scanner/commands/log_files.hpp"
#include "scanner/poolmon/live.hpp"
#include "scanner/poolmon/series.hpp"
#include "scanner/poolmon/snapshot.hpp"

namespace scanner {

/// Totals of whole pools are series of their own: perfmon has many samples and no tags.
struct LeakSeries {
  poolmon::SeriesTable tags;
  poolmon::SeriesTable totals;                    ///< of snapshots without tags
  poolmon::SeriesTable beside_tags;               ///< totals of snapshots with tags
  poolmon::SeriesTable of_events, beside_events;  ///< the same of events of Windows' log
  std::vector<std::string> read;                  ///< the logs, earliest first
  std::vector<std::string> notes;
  bool times_of_change = false;  ///< the logs tell no time: that of the files' last change is used

  [[nodiscard]] bool empty() const {
    return tags.snapshots() + totals.snapshots() + of_events.snapshots() + beside_events.snapshots() == 0;
  }
  /// Events name six tags at times of their own: they count where no log says more. Call it when all is read.
  void use_events();
  /// Counters of whole pools say more than what stands beside tags by the way.
  [[nodiscard]] const poolmon::SeriesTable& pools() const { return totals.snapshots() > 0 ? totals : beside_tags; }
};

class LeakLogs {
 public:
  LeakLogs(const Inputs& inputs, Diagnostics& diagnostics, LeakSeries& out)
      : inputs_(inputs), diagnostics_(diagnostics), out_(out) {}

  /// The logs that the options name; without one the event log of the volume or of this machine.
  void read_files();
  /// Ctrl-C ends the watching; the report is what it was for. One that comes later ends the search.
  void watch(poolmon::SnapshotSource& live);

 private:
  void read_log(poolmon::SnapshotSource& source, const LogFile& log);
  std::uint64_t read(poolmon::SnapshotSource& source, const LogFile& log, LiveView* view = nullptr);
  void tell_problems(poolmon::SnapshotSource& source, const LogFile& log);
  void tell_without_figures();
  void add(const poolmon::Snapshot& snapshot, const LogFile& log);

  const Inputs& inputs_;
  Diagnostics& diagnostics_;
  LeakSeries& out_;
  std::vector<std::string> no_figures_;  ///< files of folders that are no logs
  std::size_t reader_notes_ = 0;
};

}  // namespace scanner

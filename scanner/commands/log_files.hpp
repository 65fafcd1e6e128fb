// Which logs `poolwho leaks` reads, and in which order: names, the logs of folders, and what tells when they were
// taken.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/commands/diagnostics.hpp"
#include "scanner/commands/inputs.hpp"
#include "scanner/poolmon/log_order.hpp"

namespace scanner {

/// A log to read.
struct LogFile {
  std::string path;                      ///< "-" is standard input, empty the running Windows' System log
  bool named = true;                     ///< false: found in a folder, where much else may lie
  bool own = false;                      ///< the volume's own event log: that nothing is in it is an answer
  std::optional<poolmon::LogTime> time;  ///< when it was taken, where its text does not tell
};

struct LogFiles {
  std::vector<LogFile> files;      ///< earliest first
  std::vector<std::string> notes;  ///< what was skipped, and how the order came about
  bool times_of_change = false;    ///< `time` is the files' time of change
};

/// The event log of the volume that is asked about, where no logs were named: a path, or the empty path for the running
/// Windows.
LogFiles own_event_log(const Inputs& inputs, Diagnostics& diagnostics);

/// `names` are files and folders; what cannot be read is told to `diagnostics`. With `clocked` false no hours are taken
/// from the files' times of change.
LogFiles find_logs(Diagnostics& diagnostics, const std::vector<std::string>& names, bool clocked);

}  // namespace scanner

// This machine's pools as a source of snapshots, one every so often. Only Windows has them: live_win32.cpp asks the
// system, live_posix.cpp says that there is nothing to ask.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "pe/result.hpp"
#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

struct LiveOptions {
  double every_seconds = 60;
  std::optional<double> for_seconds;        ///< until `stop` otherwise
  const std::atomic<bool>* stop = nullptr;  ///< set by Ctrl-C: next() then returns false soon
};

/// The error says in a sentence why this machine cannot be watched.
pe::Result<std::unique_ptr<SnapshotSource>> open_live(const LiveOptions& options);

}  // namespace scanner::poolmon

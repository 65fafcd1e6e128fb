// Which reader a log needs: an event log as Windows keeps it, or text.
#pragma once

#include <istream>
#include <memory>
#include <string>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

/// The log at `path`, opened as `in`, which must outlive the source. Its first bytes tell the kind.
std::unique_ptr<SnapshotSource> open_log(const std::string& path, std::istream& in);
/// An event log; `path` empty: the System log of the running Windows.
std::unique_ptr<SnapshotSource> open_event_log(const std::string& path);

}  // namespace scanner::poolmon

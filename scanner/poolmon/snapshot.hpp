// What every log comes down to: a snapshot is one look at the pools of a machine, a row is one tag in one pool. Readers
// of files and the live view of a machine both are sources of snapshots; what is made of them knows neither.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tagdb/pool_tag.hpp"

namespace scanner::poolmon {

/// unknown: a table of bytes by tag that says nowhere which pool it is about.
enum class Pool : std::uint8_t { nonpaged, paged, session, unknown };
std::string_view to_string(Pool pool);

struct Row {
  tagdb::PoolTag tag;
  Pool pool = Pool::nonpaged;
  std::int64_t allocs = 0, frees = 0;  ///< since boot, as printed: 32-bit counters wrap and may look negative
  std::int64_t diff = 0;               ///< blocks outstanding
  std::int64_t bytes = 0;
  bool counted = true;  ///< false: allocs and frees are not told (WinDbg)
};

/// What a snapshot says about the machine, in bytes.
struct Totals {
  std::optional<std::uint64_t> nonpaged, paged, available, commit, commit_limit;
  [[nodiscard]] bool any() const { return nonpaged || paged || available || commit || commit_limit; }
};

/// Seconds since 1970 in the log's own clock. 3/4/2026 can be read in two ways; only the whole log tells which. Where a
/// log tells no day, the seconds are of the day, and only what comes before tells which day that is.
struct LogTime {
  std::int64_t seconds = 0;
  std::int64_t other = 0;  ///< day and month exchanged; equal to `seconds` when there is no doubt
  bool dayless = false;
};

struct Snapshot {
  std::size_t line = 0;  ///< where it begins, 1 is the first line
  std::optional<LogTime> time;
  Totals totals;
  std::vector<Row> rows;
  std::vector<std::pair<tagdb::PoolTag, std::string>> owners;  ///< poolmon's Mapped_Driver column, WinDbg's text

  void clear() {
    line = 0;
    time.reset();
    totals = {};
    rows.clear();
    owners.clear();
  }
  [[nodiscard]] bool empty() const { return rows.empty() && !totals.any(); }
};

/// A line that could not be read, and why.
struct LineProblem {
  std::size_t line = 0;
  std::string message;
};

class SnapshotSource {
 public:
  virtual ~SnapshotSource() = default;
  /// Fills `out` with the next snapshot; false at the end. `out` is reused, so that memory does not grow.
  virtual bool next(Snapshot& out) = 0;
  /// What could not be read since the last call.
  virtual std::vector<LineProblem> take_problems() { return {}; }
};

}  // namespace scanner::poolmon

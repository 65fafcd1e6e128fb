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

/// Which Windows session a pool belongs to. The system's pool, the sum of all sessions and each single session are
/// pools of their own: rows of one never continue those of another.
class Session {
 public:
  constexpr Session() = default;  ///< none: the pool of the system
  static constexpr Session all() { return Session(-1); }
  static constexpr Session number(std::uint16_t id) { return Session(id); }

  [[nodiscard]] constexpr bool is_none() const { return id_ == kNone; }
  [[nodiscard]] constexpr bool is_all() const { return id_ == -1; }
  /// Nothing for the system's pool and for the sum of all sessions.
  [[nodiscard]] constexpr std::optional<std::uint16_t> id() const {
    return id_ < 0 ? std::nullopt : std::optional<std::uint16_t>(static_cast<std::uint16_t>(id_));
  }
  /// Different for different sessions, 0 to 65537.
  [[nodiscard]] constexpr std::uint32_t key() const { return static_cast<std::uint32_t>(id_ - kNone); }
  friend constexpr bool operator==(Session, Session) = default;

 private:
  static constexpr std::int32_t kNone = -2;
  constexpr explicit Session(std::int32_t id) : id_(id) {}
  std::int32_t id_ = kNone;
};

/// Figures that a log does not tell are absent, never 0.
struct Row {
  tagdb::PoolTag tag;
  Pool pool = Pool::nonpaged;
  Session session;
  std::optional<std::int64_t> allocs, frees;  ///< since boot, as printed: 32-bit counters wrap and may look negative
  std::optional<std::int64_t> diff;           ///< blocks outstanding
  std::optional<std::int64_t> bytes;          ///< in use

  /// Both counters are told.
  [[nodiscard]] bool counted() const { return allocs && frees; }
};

/// What a snapshot says about the machine, in bytes. Pools are whole pools, with all their tags.
struct Totals {
  std::optional<std::uint64_t> nonpaged, paged, available, commit, commit_limit;
  [[nodiscard]] bool any() const { return nonpaged || paged || available || commit || commit_limit; }
  [[nodiscard]] std::optional<std::uint64_t> of(Pool pool) const {
    return pool == Pool::nonpaged ? nonpaged : pool == Pool::paged ? paged : std::nullopt;
  }
};

/// Seconds since 1970 in the log's own clock. 3/4/2026 can be read in two ways; only the whole log tells which. Where a
/// log tells no day, the seconds are of the day, and only what comes before tells which day that is.
struct LogTime {
  std::int64_t seconds = 0;
  std::int64_t other = 0;  ///< day and month exchanged; equal to `seconds` when there is no doubt
  bool dayless = false;
  bool elapsed = false;  ///< since an unknown start ("T+90m"): tells hours between snapshots, but no date
  bool zoned = false;    ///< a time zone was written, and `seconds` is UTC
};

struct Snapshot {
  std::size_t line = 0;  ///< where it begins, 1 is the first line
  std::optional<LogTime> time;
  Totals totals;
  std::vector<Row> rows;
  std::vector<std::pair<tagdb::PoolTag, std::string>> owners;  ///< poolmon's Mapped_Driver column, WinDbg's text
  bool largest_only = false;  ///< an event of Windows' log: only the largest tags, more may be there
  bool restarted = false;     ///< Windows was started since the snapshot before

  void clear() {
    line = 0;
    time.reset();
    totals = {};
    rows.clear();
    owners.clear();
    largest_only = restarted = false;
  }
  [[nodiscard]] bool empty() const { return rows.empty() && !totals.any(); }
};

/// A line that could not be read, and why; or, as a note, what the reader did with a log that its figures do not show:
/// a column that is not understood, rows that were added up. A note makes no log incomplete.
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
  /// Notes since the last call; each is given once a log.
  virtual std::vector<LineProblem> take_notes() { return {}; }
  /// Why there was no snapshot, in the words of the source; empty: it is no log of pools.
  [[nodiscard]] virtual std::string nothing() const { return {}; }
};

}  // namespace scanner::poolmon

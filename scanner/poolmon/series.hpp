// Snapshots to one series per tag and pool. Memory is bounded: snapshots fall into buckets that hold more of them as a
// log grows, and each keeps lowest, highest and last value, so that decimation cannot turn a sawtooth into a slope.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

/// More are merged two by two.
inline constexpr std::size_t kMostPoints = 256;

/// One or more snapshots in a row.
struct Bucket {
  std::uint32_t boot = 0;       ///< counts restarts of the machine
  std::uint64_t first = 0;      ///< number of its first snapshot, from 0
  std::optional<LogTime> time;  ///< of its last snapshot
  Totals totals;                ///< of its last snapshot that has some
};

struct Point {
  std::uint32_t bucket = 0;                      ///< index into SeriesTable::buckets()
  bool counted = false;                          ///< allocs and frees are known
  bool has_blocks = false;                       ///< diff is known
  std::int64_t low = 0, high = 0, bytes = 0;     ///< bytes: of the last snapshot
  std::int64_t allocs = 0, frees = 0, diff = 0;  ///< of the last snapshot, wraps undone; 0 where not known
};

struct Series {
  tagdb::PoolTag tag;
  Pool pool = Pool::nonpaged;
  Session session;
  std::uint64_t snapshots = 0;
  std::int64_t bytes_first = 0, bytes_last = 0;  ///< bytes_first: since the last restart
  std::vector<Point> points;
};

class SeriesTable {
 public:
  /// In the order of time. `where` names the log for notes about restarts. Returns whether the machine was restarted
  /// before this snapshot; `restarted` says that it was, where other figures of the snapshot tell it.
  bool add(const Snapshot& snapshot, std::string_view where, bool restarted = false);

  [[nodiscard]] const std::vector<Bucket>& buckets() const { return buckets_; }
  [[nodiscard]] const std::vector<Series>& series() const { return series_; }
  [[nodiscard]] std::uint64_t snapshots() const { return snapshots_; }
  /// What the tools themselves said about the tag's owner; null when they said nothing.
  [[nodiscard]] const std::string* owner(tagdb::PoolTag tag) const;
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

  enum class Clock { steps, as_written, exchanged };
  /// Which reading of the times is possible: they never go backwards. `steps` when there is none or one is missing.
  /// Where both readings are possible, the one in which the snapshots lie closer together.
  [[nodiscard]] Clock clock() const;
  /// Both readings are possible, and they differ.
  [[nodiscard]] bool two_clocks() const;

 private:
  /// What is known of a series, for the next snapshot to continue. Small: a log goes through all of them again and
  /// again.
  struct Latest {
    std::int64_t allocs = 0, frees = 0, diff = 0, bytes = 0;
    std::uint64_t seen = 0;  ///< number of the snapshot that spoke of it last, from 1
    std::uint32_t row = 0;   ///< index into gathered_, of that snapshot
    bool has_allocs = false, has_frees = false, has_diff = false;
    bool wide = false;  ///< a value above 32 bits was printed: the tool does not cut them off
  };

  /// A row of the snapshot at hand, or the sum of several.
  struct Gathered {
    std::size_t index = 0;  ///< of the series
    const Row* row = nullptr;
  };

  [[nodiscard]] std::optional<LogTime> with_day(std::optional<LogTime> time) const;
  void gather(const Snapshot& snapshot);
  [[nodiscard]] bool counters_dropped() const;
  void add_row(const Row& row, bool restart, std::size_t index);
  void note_time(const std::optional<LogTime>& time);
  void begin_bucket(bool restart);
  std::size_t index_of(const Row& row);
  void merge_buckets();

  std::vector<Bucket> buckets_;
  std::vector<Series> series_;
  std::vector<Latest> latest_;  ///< parallel to series_
  std::vector<Gathered> gathered_;
  std::deque<Row> sums_;  ///< rows of gathered_ that are no row of the snapshot
  std::unordered_map<std::uint64_t, std::size_t> index_;
  std::map<tagdb::PoolTag, std::string> owners_;
  std::vector<std::string> notes_;
  std::uint64_t snapshots_ = 0, per_bucket_ = 1, in_last_bucket_ = 0, dropped_tags_ = 0;
  std::uint32_t boot_ = 0;
  std::optional<LogTime> first_time_, last_time_;
  bool timed_ = true, ascending_ = true, other_ascending_ = true;
};

}  // namespace scanner::poolmon

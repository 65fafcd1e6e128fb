// What a series does over time. A leak is growth of the floor that holds to the end: size alone says nothing, and
// neither does a difference between two snapshots.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/poolmon/series.hpp"

namespace scanner::poolmon {

enum class Shape : std::uint8_t {
  leak,      ///< the floor keeps rising, and frees lag behind allocations
  suspect,   ///< rises like a leak, in so few snapshots that stairs or a sawtooth would look the same
  plateau,   ///< rose, then stayed
  sawtooth,  ///< rises and falls again and again
  noisy,     ///< goes up and down without a pattern
  step,      ///< rose in one or a few jumps
  burst,     ///< rose and came back
  growing,   ///< more at the end than at the beginning, but too few snapshots or too much noise to say more
  falling,
  flat,
  size  ///< one snapshot only: nothing is known of growth
};
std::string_view to_string(Shape shape);
/// For people: "rose, then stayed".
std::string_view describe(Shape shape);
/// Worth to look for the driver: leaks and suspects.
inline bool leaks_or_may(Shape shape) { return shape == Shape::leak || shape == Shape::suspect; }

/// What a chart shows of one bucket of snapshots.
struct ChartPoint {
  double at = 0;  ///< hours since the first snapshot, or steps where no time is known
  std::uint32_t boot = 0;
  std::int64_t low = 0, high = 0, bytes = 0;
  std::optional<std::int64_t> allocs, frees, diff;
};

/// Growth::limit: what is available now is used up.
inline constexpr const char* kNoMemoryLeft = "no memory is left";

struct Growth {
  tagdb::PoolTag tag;
  Pool pool = Pool::nonpaged;
  Session session;
  Shape shape = Shape::flat;
  std::uint64_t snapshots = 0;
  std::int64_t bytes_first = 0, bytes_last = 0;  ///< of the stretch between restarts that was judged
  std::int64_t gained = 0;                       ///< bytes_last - bytes_first
  std::int64_t low = 0, high = 0;                ///< bytes, within that stretch
  std::optional<std::int64_t> count;             ///< blocks outstanding in the last snapshot
  double bytes_per_step = 0;                     ///< Theil-Sen slope, per snapshot
  std::optional<double> bytes_per_hour;          ///< the same by the clock
  double confidence = 0;       ///< of a leak: that the trend is none of chance, all tags considered; 0 to 1
  double share = 0;            ///< of the growth of all tags in the pool, 0 to 1
  std::optional<double> kept;  ///< of what was allocated meanwhile, the part that was not freed
  std::optional<std::int64_t> bytes_per_allocation;
  std::optional<double> hours_left;  ///< until the limit of the machine, if all goes on like this
  std::string limit;                 ///< which limit that is: kNoMemoryLeft or "the commit limit"
  std::vector<std::string> reasons;  ///< how the verdict came about, one sentence each
  std::vector<ChartPoint> points;
};

struct Analysis {
  std::vector<Growth>
      tags;  ///< leaks first, then suspects, by bytes gained; then what changed most; one snapshot: by bytes
  std::uint64_t snapshots = 0;
  bool timed = false;      ///< points and slopes are by the clock or by AnalysisOptions::interval_hours
  bool clocked = false;    ///< by the clock
  double hours = 0;        ///< from the first snapshot to the last
  std::size_t enough = 0;  ///< snapshots that it takes to tell leaks from suspects
  std::vector<std::string> notes;
};

struct AnalysisOptions {
  std::optional<double> interval_hours;  ///< between snapshots that have no time
};

Analysis analyse(const SeriesTable& table, const AnalysisOptions& options);

// --- parts, for tests
/// Probability that n values without ties in random order have at most `inversions` pairs out of order.
double chance_of_order(std::size_t n, std::size_t inversions);
/// The median of all slopes between two points: one in four may be off without moving it much.
double theil_sen(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace scanner::poolmon

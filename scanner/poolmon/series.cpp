#include "scanner/poolmon/series.hpp"

#include <algorithm>
#include <cmath>

namespace scanner::poolmon {
namespace {

constexpr std::int64_t k32 = std::int64_t{1} << 32;
constexpr std::size_t kMostSeries = 16384;  // Windows has some thousand tags in two pools; garbage may have more
constexpr std::size_t kMostOwners = 16384;

std::uint64_t key_of(const Row& row) {
  return std::uint64_t{row.tag.value()} << 32 | std::uint64_t{row.session.key()} << 8 |
         static_cast<std::uint64_t>(row.pool);
}

/// A 32-bit counter that is printed as a signed number.
std::int64_t unsigned_of(std::int64_t printed) { return printed < 0 && printed >= -k32 / 2 ? printed + k32 : printed; }

/// From near the top of 32 bits to near 0: a wrap, not a restart.
bool wrapped(std::int64_t before, std::int64_t now) {
  const std::int64_t low = before % k32;
  return low > k32 / 4 * 3 && now < k32 / 4;
}

/// The value that continues `before` when the tool dropped what stands above 32 bits.
std::int64_t continued(std::int64_t before, std::int64_t now) {
  if (now >= k32 || before < k32 / 2) return now;
  std::int64_t best = now;
  for (std::int64_t turns = before / k32 - 1; turns <= before / k32 + 1; ++turns) {
    const std::int64_t candidate = now % k32 + turns * k32;
    if (candidate >= 0 && std::llabs(candidate - before) < std::llabs(best - before)) best = candidate;
  }
  return best;
}

}  // namespace

const std::string* SeriesTable::owner(tagdb::PoolTag tag) const {
  const auto at = owners_.find(tag);
  return at == owners_.end() ? nullptr : &at->second;
}

/// Counters only grow, so a drop is a restart (or another machine). A few odd lines must not split everything: a
/// quarter of the tags has to agree; those that may have wrapped have no say.
bool SeriesTable::counters_dropped() const {
  std::size_t compared = 0, dropped = 0;
  for (const Gathered& one : gathered_) {
    const Latest& latest = latest_[one.index];
    if (!one.row->allocs || !latest.has_allocs) continue;
    const bool whole = latest.wide || *one.row->allocs >= k32;
    const std::int64_t before = whole ? latest.allocs : latest.allocs % k32, now = unsigned_of(*one.row->allocs);
    if (now >= before) {
      ++compared;
    } else if (whole || !wrapped(before, now)) {
      ++compared;
      ++dropped;
    }
  }
  return dropped > 0 && dropped * 4 >= compared;
}

std::size_t SeriesTable::index_of(const Row& row) {
  const auto [at, fresh] = index_.try_emplace(key_of(row), series_.size());
  if (!fresh) return at->second;
  if (series_.size() >= kMostSeries) {
    index_.erase(at);
    if (dropped_tags_++ == 0)
      notes_.push_back("more than " + std::to_string(kMostSeries) + " tags: those that come late are not followed");
    return kMostSeries;
  }
  Series series;
  series.tag = row.tag;
  series.pool = row.pool;
  series.session = row.session;
  series_.push_back(std::move(series));
  latest_.emplace_back();
  return at->second;
}

/// The rows of a snapshot that hold bytes, one for each series: tags that differ in the protected bit only are one tag
/// to the kernel. A sum of which a part is not known is not known.
void SeriesTable::gather(const Snapshot& snapshot) {
  gathered_.clear();
  sums_.clear();
  for (const Row& row : snapshot.rows) {
    if (!row.bytes) continue;  // not known is no drop to 0
    const std::size_t index = index_of(row);
    if (index >= kMostSeries) continue;
    Latest& latest = latest_[index];
    if (latest.seen != snapshots_ + 1) {
      latest.seen = snapshots_ + 1;
      latest.row = static_cast<std::uint32_t>(gathered_.size());
      gathered_.push_back({index, &row});
      continue;
    }
    sums_.push_back(*gathered_[latest.row].row);
    Row& sum = sums_.back();
    gathered_[latest.row].row = &sum;
    const auto add = [](std::optional<std::int64_t>& to, const std::optional<std::int64_t>& part) {
      to = to && part ? std::optional(*to + *part) : std::nullopt;
    };
    add(sum.allocs, row.allocs);
    add(sum.frees, row.frees);
    add(sum.diff, row.diff);
    add(sum.bytes, row.bytes);
  }
}

void SeriesTable::add_row(const Row& row, bool restart, std::size_t index) {
  Series& series = series_[index];
  Latest& latest = latest_[index];
  const bool first = series.snapshots == 0 || restart;
  std::optional<std::int64_t> allocs, frees, diff = row.diff;
  if (row.counted()) {
    allocs = unsigned_of(*row.allocs);
    frees = unsigned_of(*row.frees);
    if (!diff) diff = static_cast<std::int64_t>(static_cast<std::uint32_t>(*allocs - *frees));
  }
  if (diff && *diff < -k32 / 4) *diff += k32;
  std::int64_t bytes = *row.bytes < 0 ? unsigned_of(*row.bytes) : *row.bytes;
  if (!first) {
    if (allocs && latest.has_allocs) allocs = continued(latest.allocs, *allocs);
    if (frees && latest.has_frees) frees = continued(latest.frees, *frees);
    // Fewer bytes with as many blocks: what stands above 32 bits was not printed.
    if (bytes < k32 && latest.bytes >= k32 / 2 && diff && latest.has_diff && latest.diff > 0 &&
        *diff > latest.diff / 2) {
      const double expected =
          static_cast<double>(latest.bytes) / static_cast<double>(latest.diff) * static_cast<double>(*diff);
      const double turns = std::round((expected - static_cast<double>(bytes)) / static_cast<double>(k32));
      if (turns >= 1 && turns < 1000) bytes += static_cast<std::int64_t>(turns) * k32;
    }
  }
  const auto bucket = static_cast<std::uint32_t>(buckets_.size() - 1);
  Point point{bucket, allocs && frees,    diff.has_value(),  bytes,           bytes,
              bytes,  allocs.value_or(0), frees.value_or(0), diff.value_or(0)};
  if (series.points.empty() || series.points.back().bucket != bucket) {
    series.points.push_back(point);
  } else {
    Point& open = series.points.back();
    point.low = std::min(open.low, bytes);
    point.high = std::max(open.high, bytes);
    open = point;
  }
  if (first) series.bytes_first = bytes;
  series.bytes_last = bytes;
  ++series.snapshots;
  // A counter that this snapshot does not tell goes on from where it was.
  if (allocs || first) latest.allocs = allocs.value_or(0);
  if (frees || first) latest.frees = frees.value_or(0);
  latest.has_allocs = allocs || (latest.has_allocs && !first);
  latest.has_frees = frees || (latest.has_frees && !first);
  latest.has_diff = diff.has_value();
  latest.diff = diff.value_or(0);
  latest.bytes = bytes;
  latest.wide = latest.wide || row.allocs.value_or(0) >= k32;
}

/// A time of day alone belongs to the day of the last snapshot, or to the next one where it is earlier.
std::optional<LogTime> SeriesTable::with_day(std::optional<LogTime> time) const {
  constexpr std::int64_t kDay = 86400;
  if (!time || !time->dayless || !last_time_) return time;
  const auto behind = [](std::int64_t second, std::int64_t last) {
    const std::int64_t that_day = last - last % kDay + second;
    return that_day < last ? that_day + kDay : that_day;
  };
  LogTime full = *time;
  full.seconds = behind(time->seconds, last_time_->seconds);
  full.other = behind(time->other, last_time_->other);
  full.dayless = false;
  return full;
}

void SeriesTable::begin_bucket(bool restart) {
  if (!buckets_.empty() && !restart && in_last_bucket_ < per_bucket_) return;
  if (buckets_.size() >= kMostPoints) merge_buckets();
  Bucket bucket;
  bucket.boot = boot_;
  bucket.first = snapshots_;
  buckets_.push_back(bucket);
  in_last_bucket_ = 0;
}

void SeriesTable::note_time(const std::optional<LogTime>& time) {
  if (!time) {
    timed_ = false;
    return;
  }
  if (last_time_) {
    ascending_ = ascending_ && time->seconds > last_time_->seconds;
    other_ascending_ = other_ascending_ && time->other > last_time_->other;
    // Clocks of which one is UTC and the other is not cannot be compared, nor can a date with "an hour after the
    // start".
    if (time->zoned != last_time_->zoned || time->elapsed != last_time_->elapsed) timed_ = false;
  } else {
    first_time_ = time;
  }
  last_time_ = time;
}

bool SeriesTable::add(const Snapshot& snapshot, std::string_view where, bool restarted) {
  gather(snapshot);
  const bool dropped = counters_dropped(), restart = snapshots_ > 0 && (dropped || restarted);
  if (restart) {
    ++boot_;
    constexpr std::size_t kMostNotes = 20;
    if (dropped && notes_.size() < kMostNotes)
      notes_.push_back("the counters start again at " + std::string(where) + ":" + std::to_string(snapshot.line) +
                       ": a restart of the machine, or logs out of order; growth is judged between restarts");
  }
  begin_bucket(restart);
  ++in_last_bucket_;
  Bucket& bucket = buckets_.back();
  const std::optional<LogTime> time = with_day(snapshot.time);
  bucket.time = time;
  if (snapshot.totals.any()) bucket.totals = snapshot.totals;
  note_time(time);
  ++snapshots_;
  for (const auto& [tag, text] : snapshot.owners) {
    if (owners_.size() < kMostOwners) owners_.try_emplace(tag, text);
  }
  for (const Gathered& one : gathered_) {
    const std::vector<Point>& points = series_[one.index].points;
    add_row(*one.row, restart || (!points.empty() && buckets_[points.back().bucket].boot != boot_), one.index);
  }
  return restart;
}

/// Two neighbours become one, within one boot. What is oldest goes when a log has more restarts than points.
void SeriesTable::merge_buckets() {
  std::vector<std::uint32_t> moved(buckets_.size());
  std::vector<Bucket> merged;
  bool open = false;  // the last one takes one more
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (open && merged.back().boot == buckets_[i].boot) {
      merged.back().time = buckets_[i].time;
      if (buckets_[i].totals.any()) merged.back().totals = buckets_[i].totals;
      open = false;
    } else {
      merged.push_back(buckets_[i]);
      open = true;
    }
    moved[i] = static_cast<std::uint32_t>(merged.size() - 1);
  }
  const std::size_t drop = merged.size() > kMostPoints * 3 / 4 ? merged.size() / 2 : 0;
  if (drop > 0) merged.erase(merged.begin(), merged.begin() + static_cast<std::ptrdiff_t>(drop));
  for (Series& series : series_) {
    std::vector<Point> points;
    for (const Point& point : series.points) {
      if (moved[point.bucket] < drop) continue;
      const auto bucket = static_cast<std::uint32_t>(moved[point.bucket] - drop);
      if (!points.empty() && points.back().bucket == bucket) {
        Point& last = points.back();
        const std::int64_t low = std::min(last.low, point.low), high = std::max(last.high, point.high);
        last = point;
        last.low = low;
        last.high = high;
        last.bucket = bucket;
      } else {
        points.push_back(point);
        points.back().bucket = bucket;
      }
    }
    series.points = std::move(points);
  }
  buckets_ = std::move(merged);
  per_bucket_ *= 2;
}

bool SeriesTable::two_clocks() const {
  return timed_ && snapshots_ > 1 && ascending_ && other_ascending_ &&
         last_time_->seconds - first_time_->seconds != last_time_->other - first_time_->other;
}

SeriesTable::Clock SeriesTable::clock() const {
  if (!timed_ || snapshots_ < 2) return Clock::steps;
  if (two_clocks())
    return last_time_->other - first_time_->other < last_time_->seconds - first_time_->seconds ? Clock::exchanged
                                                                                               : Clock::as_written;
  return ascending_ ? Clock::as_written : other_ascending_ ? Clock::exchanged : Clock::steps;
}

}  // namespace scanner::poolmon

#include "scanner/poolmon/growth.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "scanner/poolmon/shape.hpp"

namespace scanner::poolmon {
namespace {

constexpr double kSecondsPerHour = 3600;

double hours_of(const LogTime& time, SeriesTable::Clock clock) {
  return static_cast<double>(clock == SeriesTable::Clock::exchanged ? time.other : time.seconds) / kSecondsPerHour;
}

/// Where each bucket stands on the x axis: by the clock, by --interval, or by steps.
std::vector<double> axis(const SeriesTable& table, const AnalysisOptions& options, Analysis& analysis) {
  std::vector<double> at;
  const auto clock = table.clock();
  const auto& buckets = table.buckets();
  const bool clocked = clock != SeriesTable::Clock::steps;
  for (const Bucket& bucket : buckets) {
    if (clocked) {
      at.push_back(hours_of(*bucket.time, clock) - hours_of(*buckets.front().time, clock));
    } else {
      at.push_back(static_cast<double>(bucket.first) * options.interval_hours.value_or(1));
    }
  }
  analysis.timed = clocked || options.interval_hours;
  analysis.clocked = clocked;
  if (table.two_clocks())
    analysis.notes.emplace_back(
        std::string("the dates can be read in two ways, and are read with the ") +
        (clock == SeriesTable::Clock::exchanged ? "day before the month" : "month before the day") +
        ": the snapshots lie closer together then");
  analysis.hours = analysis.timed && !at.empty() ? at.back() : 0;
  return at;
}

struct Range {
  std::size_t begin = 0, end = 0;
};

/// The stretches between restarts.
std::vector<Range> stretches(const std::vector<Bucket>& buckets, const Series& series) {
  std::vector<Range> out;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    if (i == 0 || buckets[series.points[i].bucket].boot != buckets[series.points[i - 1].bucket].boot)
      out.push_back({i, i});
    out.back().end = i + 1;
  }
  return out;
}

class Judge {
 public:
  Judge(const SeriesTable& table, const std::vector<double>& at, bool timed, std::size_t tested)
      : table_(table), at_(at), timed_(timed), tested_(tested) {}

  [[nodiscard]] Growth judge(const Series& series) const {
    // The stretch that leaks most, else the one that tells most.
    Growth best;
    bool have = false;
    for (const Range& range : stretches(table_.buckets(), series)) {
      Growth growth = judge(series, range);
      const bool leaks = leaks_or_may(growth.shape), led = leaks_or_may(best.shape);
      const bool better = leaks != led                          ? leaks
                          : leaks && growth.shape != best.shape ? growth.shape < best.shape
                          : leaks                               ? growth.gained > best.gained
                                                                : growth.snapshots >= best.snapshots;
      if (!have || better) best = std::move(growth);
      have = true;
    }
    best.tag = series.tag;
    best.pool = series.pool;
    best.session = series.session;
    best.snapshots = series.snapshots;
    const auto known = [](bool is, std::int64_t value) { return is ? std::optional(value) : std::nullopt; };
    for (const Point& point : series.points) {
      best.points.push_back({at_[point.bucket], table_.buckets()[point.bucket].boot, point.low, point.high, point.bytes,
                             known(point.counted, point.allocs), known(point.counted, point.frees),
                             known(point.has_blocks, point.diff)});
    }
    return best;
  }

 private:
  [[nodiscard]] Growth judge(const Series& series, Range range) const {
    Growth growth;
    const Point &first = series.points[range.begin], &last = series.points[range.end - 1];
    const bool latest = range.end == series.points.size();
    growth.bytes_first = latest ? series.bytes_first : first.bytes;
    growth.bytes_last = last.bytes;
    growth.gained = growth.bytes_last - growth.bytes_first;
    growth.snapshots = table_.buckets()[last.bucket].first - table_.buckets()[first.bucket].first + 1;
    if (last.has_blocks) growth.count = last.diff;
    // No pool has blocks of one byte: such a count is the bytes once more.
    if (last.has_blocks && last.diff > 0 && last.bytes > last.diff)
      growth.bytes_per_allocation = last.bytes / last.diff;
    growth.low = growth.high = growth.bytes_first;
    Stretch stretch;
    stretch.counted = first.counted && last.counted;
    stretch.has_blocks = first.has_blocks && last.has_blocks;
    stretch.allocated = static_cast<double>(last.allocs - first.allocs);
    stretch.freed = static_cast<double>(last.frees - first.frees);
    std::vector<double> hours, steps, bytes;
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const Point& point = series.points[i];
      stretch.at.push_back(at_[point.bucket]);
      stretch.low.push_back(static_cast<double>(point.low));
      stretch.high.push_back(static_cast<double>(point.high));
      stretch.blocks.push_back(static_cast<double>(point.diff));
      hours.push_back(at_[point.bucket]);
      steps.push_back(static_cast<double>(table_.buckets()[point.bucket].first));
      bytes.push_back(static_cast<double>(point.bytes));
      growth.low = std::min(growth.low, point.low);
      growth.high = std::max(growth.high, point.high);
    }
    Verdict verdict = judge_shape(stretch, tested_);
    growth.shape = verdict.shape;
    growth.reasons = std::move(verdict.reasons);
    growth.confidence = growth.shape == Shape::leak ? std::min(0.9999, 1 - verdict.chance) : 0;
    if (bytes.size() >= 2) {
      const bool worth = leaks_or_may(growth.shape) || bytes.size() <= 32;  // all pairs of all tags would be many
      const double run = steps.back() - steps.front(), time = hours.back() - hours.front();
      growth.bytes_per_step = worth ? theil_sen(steps, bytes) : run > 0 ? (bytes.back() - bytes.front()) / run : 0;
      if (timed_ && time > 0)
        growth.bytes_per_hour = worth ? theil_sen(hours, bytes) : (bytes.back() - bytes.front()) / time;
      if (stretch.counted && stretch.has_blocks && stretch.allocated > 0)
        growth.kept = std::clamp(static_cast<double>(last.diff - first.diff) / stretch.allocated, 0.0, 1.0);
    }
    return growth;
  }

  const SeriesTable& table_;
  const std::vector<double>& at_;
  bool timed_;
  std::size_t tested_;
};

/// Pool grows into the commit limit, nonpaged pool also into what memory is left.
void add_limits(const SeriesTable& table, Growth& growth) {
  if (!leaks_or_may(growth.shape) || !growth.bytes_per_hour || *growth.bytes_per_hour <= 0) return;
  const Totals* totals = nullptr;
  for (const Bucket& bucket : table.buckets()) {
    if (bucket.totals.any()) totals = &bucket.totals;
  }
  if (totals == nullptr) return;
  const auto offer = [&growth](double left, const char* name) {
    const double hours = std::max(left, 0.0) / *growth.bytes_per_hour;
    if (growth.hours_left && *growth.hours_left <= hours) return;
    growth.hours_left = hours;
    growth.limit = name;
  };
  if (totals->commit && totals->commit_limit)
    offer(static_cast<double>(*totals->commit_limit) - static_cast<double>(*totals->commit), "the commit limit");
  if (growth.pool == Pool::nonpaged && totals->available) offer(static_cast<double>(*totals->available), kNoMemoryLeft);
}

int rank_of(Shape shape) {
  switch (shape) {
    case Shape::leak: return 0;
    case Shape::suspect: return 1;
    case Shape::growing: return 2;
    case Shape::flat: return 4;
    default: return 3;
  }
}

}  // namespace

std::string_view to_string(Shape shape) {
  switch (shape) {
    case Shape::leak: return "leak";
    case Shape::suspect: return "suspect";
    case Shape::plateau: return "plateau";
    case Shape::sawtooth: return "sawtooth";
    case Shape::noisy: return "noisy";
    case Shape::step: return "step";
    case Shape::burst: return "burst";
    case Shape::growing: return "growing";
    case Shape::falling: return "falling";
    case Shape::flat: return "flat";
    case Shape::size: return "size";
  }
  return "";
}

std::string_view describe(Shape shape) {
  switch (shape) {
    case Shape::leak: return "keeps growing";
    case Shape::suspect: return "rises, in too few snapshots to tell a leak from steps";
    case Shape::plateau: return "rose, then stayed";
    case Shape::sawtooth: return "rises and falls again";
    case Shape::noisy: return "goes up and down";
    case Shape::step: return "rose in a jump";
    case Shape::burst: return "rose and came back";
    case Shape::growing: return "larger than before; not enough to call it a leak";
    case Shape::falling: return "goes down";
    case Shape::flat: return "stays as it is";
    case Shape::size: return "one snapshot only";
  }
  return "";
}

double chance_of_order(std::size_t n, std::size_t inversions) {
  // Permutations of n elements with k inversions, as probabilities: element i adds 0 to i-1 with equal chance.
  std::vector<double> chance = {1.0};
  for (std::size_t i = 2; i <= n; ++i) {
    std::vector<double> next(chance.size() + i - 1, 0.0);
    for (std::size_t k = 0; k < chance.size(); ++k) {
      for (std::size_t add = 0; add < i; ++add) next[k + add] += chance[k] / static_cast<double>(i);
    }
    chance = std::move(next);
  }
  double sum = 0;
  for (std::size_t k = 0; k <= inversions && k < chance.size(); ++k) sum += chance[k];
  return std::min(1.0, sum);
}

double theil_sen(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t k = i + 1; k < x.size(); ++k) {
      if (x[k] > x[i]) slopes.push_back((y[k] - y[i]) / (x[k] - x[i]));
    }
  }
  if (slopes.empty()) return 0;
  const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
  std::nth_element(slopes.begin(), middle, slopes.end());
  if (slopes.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(slopes.begin(), middle)) / 2;
}

Analysis analyse(const SeriesTable& table, const AnalysisOptions& options) {
  Analysis analysis;
  analysis.snapshots = table.snapshots();
  analysis.notes = table.notes();
  analysis.enough = std::max(kAdvisedSnapshots, enough_snapshots(std::max<std::size_t>(table.series().size(), 1)));
  const std::vector<double> at = axis(table, options, analysis);
  const Judge judge(table, at, analysis.timed, table.series().size());
  std::map<std::pair<Pool, std::uint32_t>, double> gained;
  const auto pool_of = [](const Growth& growth) { return std::pair(growth.pool, growth.session.key()); };
  for (const Series& series : table.series()) {
    analysis.tags.push_back(judge.judge(series));
    Growth& growth = analysis.tags.back();
    if (growth.gained > 0) gained[pool_of(growth)] += static_cast<double>(growth.gained);
    add_limits(table, growth);
  }
  for (Growth& growth : analysis.tags) {
    if (growth.gained > 0) growth.share = static_cast<double>(growth.gained) / gained[pool_of(growth)];
  }
  std::sort(analysis.tags.begin(), analysis.tags.end(), [](const Growth& a, const Growth& b) {
    const int rank_a = rank_of(a.shape), rank_b = rank_of(b.shape);
    if (rank_a != rank_b) return rank_a < rank_b;
    const bool sized = a.shape == Shape::size && b.shape == Shape::size;
    const std::int64_t key_a = sized ? a.bytes_last : a.gained, key_b = sized ? b.bytes_last : b.gained;
    if (key_a != key_b) return key_a > key_b;
    return std::tuple(a.tag.text(), a.pool, a.session.key()) < std::tuple(b.tag.text(), b.pool, b.session.key());
  });
  return analysis;
}

}  // namespace scanner::poolmon

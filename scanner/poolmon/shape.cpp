// A leak must pass five tests, each of which one innocent shape fails: order (Mann-Kendall, exact, corrected for the
// number of tags: noise), size against the scatter around the line (noise), growth that comes in many small parts
// (steps), growth that goes on in the last third (plateaus), and blocks that pile up (one buffer that was enlarged).
// Sawtooths and bursts fail the first. Long series are condensed to 16 blocks first, by their lower quartile: a leak
// lifts the floor, whatever happens above it.
#include "scanner/poolmon/shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace scanner::poolmon {
namespace {

constexpr std::size_t kBlocks = 16;
constexpr double kMostChance = 0.002;                                // for all tags together
constexpr double kScatter = 10;                                      // times the scatter that a rise must reach
constexpr double kBusy = 0.03, kBusyFactor = 5, kBusyScatter = 1.5;  // kept less than this: more proof is asked for
constexpr double kLargestPart = 0.45;                                // of the rise in one step: more is a jump
constexpr double kLongPause = 3;                                     // a step of more than a third of the time
constexpr double kRising = 0.55;                                     // of the steps go up
constexpr double kAtTheEnd = 0.4;                                    // slope of the last third against the whole
// Names for what is no leak, as parts of the range.
constexpr double kLarge = 0.4, kSmall = 0.08;       // a large step; less than the small one is nothing
constexpr double kOneWay = 2, kThereAndBack = 2.8;  // ways that steps and bursts travel at most, noise included
constexpr std::size_t kVeryFew = 6;                 // snapshots: below, a rise must also be large
// Few snapshots: even perfect order could be chance among so many tags. Then a leak must be even, large and kept.
constexpr double kFewRise = 0.2, kFewEven = 0.25, kFewKept = 0.05;
// Three points in a line are as well three stairs, or one tooth of a saw: that is a suspicion and no more.
constexpr std::size_t kFewestForLeak = 4;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string percent(double part) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.0f %%", part * 100);
  return text.data();
}

std::vector<double> condensed(const std::vector<double>& values) {
  if (values.size() < 2 * kBlocks) return values;
  std::vector<double> out;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    std::vector<double> block(values.begin() + static_cast<std::ptrdiff_t>(values.size() * i / kBlocks),
                              values.begin() + static_cast<std::ptrdiff_t>(values.size() * (i + 1) / kBlocks));
    const auto quartile = block.begin() + static_cast<std::ptrdiff_t>(block.size() / 4);
    std::nth_element(block.begin(), quartile, block.end());
    out.push_back(*quartile);
  }
  return out;
}

/// The middle of each block that condensed() makes.
std::vector<double> condensed_axis(const std::vector<double>& at) {
  if (at.size() < 2 * kBlocks) return at;
  std::vector<double> out;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const std::size_t begin = at.size() * i / kBlocks, end = at.size() * (i + 1) / kBlocks;
    out.push_back((at[begin] + at[end - 1]) / 2);
  }
  return out;
}

/// How far a long series swings within one of its blocks. A sawtooth about as long as a block would otherwise pass for
/// a slope, as a wheel on film turns slowly.
double swing_within(const Stretch& stretch) {
  if (stretch.low.size() < 2 * kBlocks) return 0;
  std::vector<double> swings;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const std::size_t begin = stretch.low.size() * i / kBlocks, end = stretch.low.size() * (i + 1) / kBlocks;
    double low = stretch.low[begin], high = stretch.high[begin];
    for (std::size_t k = begin; k < end; ++k) {
      low = std::min(low, stretch.low[k]);
      high = std::max(high, stretch.high[k]);
    }
    swings.push_back(high - low);
  }
  return median(swings);
}

struct Facts {
  std::size_t inversions = 0, ups = 0;
  double rise = 0;  // of the fitted line over the stretch
  double gain = 0;  // last third's median over the first value
  double largest_up = 0, largest_jump = 0, largest_down = 0, range = 0;
  double smallest_rate = 0, largest_rate = 0;  // of the steps, by time
  double scatter = 0;                          // around the line
  double end_slope = 0;                        // last third against the whole
  double level = 0;
};

Facts look_at(const std::vector<double>& x, const std::vector<double>& y) {
  Facts facts;
  const std::size_t n = y.size();
  const double span = x[n - 1] - x[0];
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = i + 1; k < n; ++k) facts.inversions += y[k] <= y[i] ? 1 : 0;  // a tie is no growth
  }
  facts.smallest_rate = (y[1] - y[0]) / (x[1] - x[0]);
  for (std::size_t i = 1; i < n; ++i) {
    const double change = y[i] - y[i - 1], rate = change / (x[i] - x[i - 1]);
    facts.smallest_rate = std::min(facts.smallest_rate, rate);
    facts.largest_rate = std::max(facts.largest_rate, rate);
    // A long pause between two snapshots holds a large part of the growth, and is no jump.
    if ((x[i] - x[i - 1]) * kLongPause < span) facts.largest_jump = std::max(facts.largest_jump, change);
    facts.ups += change > 0 ? 1 : 0;
    facts.largest_up = std::max(facts.largest_up, change);
    facts.largest_down = std::max(facts.largest_down, -change);
  }
  const auto [lowest, highest] = std::minmax_element(y.begin(), y.end());
  facts.range = *highest - *lowest;
  facts.level = *lowest;
  const double slope = theil_sen(x, y);
  facts.rise = slope * span;
  std::vector<double> rest(n);
  for (std::size_t i = 0; i < n; ++i) rest[i] = y[i] - slope * x[i];
  const double offset = median(rest);
  double squares = 0;
  for (const double value : rest) squares += (value - offset) * (value - offset);
  facts.scatter = n > 2 ? std::sqrt(squares / static_cast<double>(n - 2)) : 0;
  const std::size_t third = std::max<std::size_t>(n / 3, 2);
  if (n > third) {
    const double end = (y[n - 1] - y[n - 1 - third]) / (x[n - 1] - x[n - 1 - third]);
    facts.end_slope = slope > 0 ? end / slope : 0;
  }
  facts.gain = y[n - 1] - y[0];
  return facts;
}

/// All ups and downs together, and how many of them are large or small against the range.
struct Swings {
  double travelled = 0;
  std::size_t falls = 0, jumps = 0, dips = 0;  // large ones down, large ones up, smaller ones down
};

Swings swings_of(const std::vector<double>& y, double range) {
  Swings out;
  for (std::size_t i = 1; i < y.size(); ++i) {
    const double change = y[i] - y[i - 1];
    out.travelled += std::fabs(change);
    out.falls += -change > kLarge * range ? 1 : 0;
    out.jumps += change > kLarge * range ? 1 : 0;
    out.dips += -change > kSmall * range && -change <= kLarge * range ? 1 : 0;
  }
  return out;
}

/// A saw rises in many steps and falls in few large ones; noise has as many large steps up, and smaller ones down.
bool is_sawtooth(const Facts& facts, const Swings& swings, std::size_t n) {
  return swings.falls >= 1 && facts.ups >= 2 * swings.falls && facts.ups * 2 > n && 2 * swings.dips <= swings.falls &&
         4 * swings.jumps <= 3 * swings.falls;
}

/// What it is when it is no leak.
Shape other_shape(const std::vector<double>& y, const Facts& facts, double chance) {
  const double level = std::max(std::fabs(facts.level), 1.0);
  if (facts.range < 0.02 * level || facts.range <= 0) return Shape::flat;
  if (facts.range < 0.25 * level && chance > 0.01) return Shape::flat;  // what pools do all day
  const std::size_t n = y.size();
  const double first = y.front(), last = y.back(), middle = median(y);
  const double highest = *std::max_element(y.begin(), y.end());
  const double noise = facts.scatter > 0 ? facts.range / facts.scatter : 0;
  const Swings swings = swings_of(y, facts.range);
  if (is_sawtooth(facts, swings, n)) return Shape::sawtooth;
  if (highest - std::max(first, last) > 0.6 * facts.range && highest - middle > 0.6 * facts.range &&
      facts.range > 0.2 * level && swings.travelled <= kThereAndBack * facts.range)
    return Shape::burst;
  const double change = last - first;
  const bool one_way = swings.travelled <= kOneWay * facts.range;
  if (change > 0.6 * facts.range && one_way) {
    if (facts.largest_up > kLargestPart * facts.range) return Shape::step;
    if (facts.end_slope < kAtTheEnd && facts.inversions * 3 < n * (n - 1) / 2) return Shape::plateau;
    if (facts.inversions * 5 < n * (n - 1) / 2 && noise > 2 && facts.ups * 100 < n * 55) return Shape::step;
    return Shape::growing;
  }
  if (-change > 0.6 * facts.range && facts.range > 0.1 * level && one_way) return Shape::falling;
  return facts.range > 0.25 * level || (swings.falls >= 2 && facts.range > 0.2 * level) ? Shape::noisy : Shape::flat;
}

/// What the tests say of a series that rises.
struct Suspicion {
  bool leak = false, suspect = false;
  [[nodiscard]] bool any() const { return leak || suspect; }
};

/// So few snapshots that even perfect order could be chance among so many tags.
Suspicion judge_few(const Stretch& stretch, const Facts& facts, std::size_t n, std::size_t tested, Verdict& verdict) {
  // Every step up, about evenly, by what noise does not do: the most that few snapshots can say.
  const bool counted = stretch.counted && stretch.has_blocks;
  const bool strict = facts.inversions == 0;
  const bool very = n < kVeryFew;
  const bool even = facts.smallest_rate >= kFewEven * facts.largest_rate;
  const bool steady = facts.rise >= kScatter * facts.scatter && facts.largest_jump <= kLargestPart * facts.gain &&
                      facts.end_slope >= kAtTheEnd;
  const bool large = facts.gain >= kFewRise * std::max(facts.level, 1.0);
  const double more = stretch.blocks.back() - stretch.blocks.front();
  const bool held = !very || !counted || stretch.allocated <= 0 || more >= kFewKept * stretch.allocated;
  Suspicion found;
  found.suspect = strict && (n >= kFewestForLeak ? steady : even && large && held);
  found.leak = found.suspect && even && large && held && n >= kFewestForLeak;
  if (strict && !even) verdict.because("the steps are uneven");
  if (strict && !large)
    verdict.because("grew by less than " + percent(kFewRise) + ", too little to judge from " + std::to_string(n) +
                    " snapshots");
  if (strict && !held) verdict.because("most of what was allocated meanwhile was freed again");
  if (found.leak) verdict.because("every step rises, and evenly; more snapshots would make it surer");
  if (found.suspect && !found.leak)
    verdict.because(std::to_string(n) +
                    " snapshots that rise cannot tell a leak from stairs or from one tooth of a saw; " +
                    std::to_string(std::max(kAdvisedSnapshots, enough_snapshots(tested))) + " can");
  if (!found.leak && strict && verdict.shape == Shape::flat) verdict.shape = Shape::growing;
  return found;
}

/// Enough snapshots: whatever speaks against a leak is told.
Suspicion judge_many(const Stretch& stretch, const Facts& facts, std::size_t n, std::size_t tested, Verdict& verdict) {
  // Where nearly everything is freed again, use that merely goes up and down has long runs in one direction.
  const bool counted = stretch.counted && stretch.has_blocks;
  const bool busy = counted && stretch.blocks.back() - stretch.blocks.front() < kBusy * stretch.allocated;
  Suspicion found{true, false};
  const auto not_if = [&found, &verdict](bool against, const std::string& why) {
    if (!against) return;
    found.leak = false;
    verdict.because(why);
  };
  not_if(verdict.chance > (busy ? kMostChance / kBusyFactor : kMostChance),
         "chance alone could make it, among " + std::to_string(tested) + " tags");
  not_if(facts.rise < (busy ? kBusyScatter * kScatter : kScatter) * facts.scatter,
         "the rise is small against the scatter around it");
  not_if(facts.rise < swing_within(stretch), "the rise is small against the ups and downs in between");
  not_if(facts.largest_jump > kLargestPart * facts.gain,
         percent(facts.largest_jump / facts.gain) + " of the rise came in one step");
  not_if(static_cast<double>(facts.ups) < kRising * static_cast<double>(n - 1),
         "only " + std::to_string(facts.ups) + " of " + std::to_string(n - 1) + " steps rise");
  not_if(facts.end_slope < kAtTheEnd, "hardly grows any more at the end");
  return found;
}

}  // namespace

std::size_t enough_snapshots(std::size_t tested) {
  std::size_t n = kFewestForLeak;
  while (chance_of_order(n, 0) * static_cast<double>(tested) > kMostChance) ++n;
  return n;
}

Verdict judge_shape(const Stretch& stretch, std::size_t tested) {
  Verdict verdict;
  const std::vector<double> y = condensed(stretch.low);
  const std::size_t n = y.size();
  if (n < 2) {
    verdict.shape = Shape::size;
    return verdict;
  }
  const Facts facts = look_at(condensed_axis(stretch.at), y);
  if (n == 2) {
    verdict.shape = facts.gain > 0 ? Shape::growing : facts.gain < 0 ? Shape::falling : Shape::flat;
    verdict.because("two snapshots show a difference and no trend");
    return verdict;
  }
  const double alone = chance_of_order(n, facts.inversions);
  verdict.chance = std::min(1.0, alone * static_cast<double>(std::max<std::size_t>(tested, 1)));
  verdict.shape = other_shape(y, facts, alone);
  const std::size_t pairs = n * (n - 1) / 2;
  verdict.because(std::to_string(pairs - facts.inversions) + " of " + std::to_string(pairs) +
                  " pairs of snapshots rise");
  if (facts.gain <= 0 || facts.rise <= 0) return verdict;

  const bool counted = stretch.counted && stretch.has_blocks;
  const bool few = chance_of_order(n, 0) * static_cast<double>(tested) > kMostChance;
  if (few) verdict.chance = alone;
  Suspicion found =
      few ? judge_few(stretch, facts, n, tested, verdict) : judge_many(stretch, facts, n, tested, verdict);
  const double blocks_gained = stretch.blocks.back() - stretch.blocks.front();
  if (found.any() && stretch.has_blocks && blocks_gained <= 0) {
    found = {};
    verdict.shape = Shape::growing;
    verdict.because("not more blocks than before, only larger ones: something resizes its buffers");
  }
  if (found.any() && counted && stretch.allocated > 0) {
    const double kept = blocks_gained / stretch.allocated;
    verdict.because(percent(kept) + " of what was allocated meanwhile was not freed");
  }
  if (found.suspect) verdict.shape = Shape::suspect;
  if (found.leak) verdict.shape = Shape::leak;
  return verdict;
}

}  // namespace scanner::poolmon

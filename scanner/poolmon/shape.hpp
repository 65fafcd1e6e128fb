// The verdict on one stretch of one series, from numbers only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scanner/poolmon/growth.hpp"

namespace scanner::poolmon {

/// What a verdict is made from. All vectors have one element per bucket of snapshots.
struct Stretch {
  std::vector<double> at;           ///< hours or steps, ascending: snapshots may stand unevenly in time
  std::vector<double> low, high;    ///< lowest and highest bytes of the bucket
  std::vector<double> blocks;       ///< outstanding; 0 where not known
  bool counted = false;             ///< allocs and frees are known at both ends
  bool has_blocks = false;          ///< blocks are known at both ends
  double allocated = 0, freed = 0;  ///< over the stretch
};

struct Verdict {
  Shape shape = Shape::flat;
  double chance = 1;  ///< that a series without trend looks like this
  std::vector<std::string> reasons;
  void because(std::string why) { reasons.push_back(std::move(why)); }
};

/// What people are told to take at least: enough for logs of any number of tags in practice.
inline constexpr std::size_t kAdvisedSnapshots = 8;

/// How many snapshots it takes until a rise without a break is no chance among `tested` series.
std::size_t enough_snapshots(std::size_t tested);

/// `tested`: how many series are judged together; among many, chance alone makes some look like a leak.
Verdict judge_shape(const Stretch& stretch, std::size_t tested);

}  // namespace scanner::poolmon

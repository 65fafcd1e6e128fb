// Which block of a function to look at next: the waiting one that comes first in reverse postorder, so that most blocks
// are visited once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "scanner/trace/ops.hpp"

namespace scanner::trace {

/// Blocks go by their numbers in LiftedFunction::blocks.
class BlockQueue {
 public:
  /// Nothing waits yet.
  explicit BlockQueue(const LiftedFunction& function);

  /// Does nothing for a block that waits already.
  void push(std::uint32_t block) {
    queued_[block] = 1;
    lowest_ = std::min(lowest_, rank_[block]);
  }
  [[nodiscard]] bool empty();
  /// Only while the queue is not empty(), which must have been asked since the last push.
  std::uint32_t take();
  /// Does the edge close a loop?
  [[nodiscard]] bool goes_back(std::uint32_t from, std::uint32_t to) const { return rank_[from] >= rank_[to]; }

 private:
  std::vector<std::uint8_t> queued_;
  std::vector<std::uint32_t> rank_, by_rank_;
  std::uint32_t lowest_ = 0xFFFFFFFFU;  // no block of a lower rank waits
};

}  // namespace scanner::trace

// Which block of a function to look at next: the waiting one that comes first in reverse postorder, so that most blocks
// are visited once.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <vector>

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// Blocks go by their numbers in LiftedFunction::blocks.
class BlockQueue {
 public:
  /// Nothing waits yet.
  explicit BlockQueue(const LiftedFunction& function);

  /// Does nothing for a block that waits already.
  void push(std::uint32_t block) {
    if (queued_[block] != 0) return;
    queued_[block] = 1;
    waiting_.push(rank_[block]);
  }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  /// Only while the queue is not empty().
  std::uint32_t take();
  /// The blocks in the order.
  [[nodiscard]] std::span<const std::uint32_t> blocks() const { return by_rank_; }
  /// Where each block stands in it.
  [[nodiscard]] std::span<const std::uint32_t> order() const { return rank_; }
  /// The block that stands at `rank` of it.
  [[nodiscard]] std::uint32_t block_at(std::uint32_t rank) const { return by_rank_[rank]; }
  /// Does the edge close a loop?
  [[nodiscard]] bool goes_back(std::uint32_t from, std::uint32_t to) const { return rank_[from] >= rank_[to]; }

 private:
  std::vector<std::uint8_t> queued_;
  std::vector<std::uint32_t> rank_, by_rank_;
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> waiting_;  // ranks
};

}  // namespace scanner::trace

// What the interpretation of one function may cost: a share of the image's budget, so that a single function cannot use
// up what the others need.
#pragma once

#include <cstdint>

#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/ir/budget.hpp"

namespace scanner::trace {

class Effort {
 public:
  Effort(Budget& budget, const ValuePool& values) : budget_(budget), values_(values) {}

  void spend(std::uint64_t steps) {
    given_up_ = !budget_.spend(steps) || budget_.steps() - steps_before_ > Budget::kMostStepsOfFunction ||
                values_.bytes() > Budget::kMostBytesOfValues || given_up_;
  }
  /// One block with so many instructions.
  void visit(std::uint64_t instructions) {
    ++budget_.work.blocks_visited;
    budget_.work.instructions_visited += instructions;
  }
  /// Bytes that are kept until the function is done.
  void keep(std::uint64_t bytes) {
    bytes_ += bytes;
    check(0);
  }
  /// The same, with `more` that somebody else counts.
  void check(std::uint64_t more) { given_up_ = given_up_ || bytes_ + more > Budget::kMostBytesOfFunction; }
  void give_up() { given_up_ = true; }
  [[nodiscard]] bool given_up() const { return given_up_; }

 private:
  Budget& budget_;
  const ValuePool& values_;
  const std::uint64_t steps_before_ = budget_.steps();
  std::uint64_t bytes_ = 0;
  bool given_up_ = false;
};

}  // namespace scanner::trace

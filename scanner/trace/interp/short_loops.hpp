// Loops of few blocks that call nothing: a string becomes a tag letter by letter, a tag counts up, a table is cleared.
// A fixed point joins the rounds, with those that are not run, too, and what each of them writes is lost. Such a loop
// is followed round by round from each state in which it is entered, as long as every branch in it is decided by what
// is known.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

class ShortLoops {
 public:
  struct Loop {
    std::vector<std::uint32_t> blocks;  ///< the one where it is entered first
    bool followed = true;               ///< so far, each state that entered it was followed until the loop is left

    [[nodiscard]] bool holds(std::uint32_t block) const;
  };

  /// `back`: edges from a block that closes a loop to where the loop begins. `order`: where a block stands in a reverse
  /// postorder of the function.
  ShortLoops(const LiftedFunction& function, std::span<const std::pair<std::uint32_t, std::uint32_t>> back,
             std::span<const std::uint32_t> order);

  /// The loop that is entered at `block`, if it is still followed; else null.
  Loop* entered_at(std::uint32_t block);
  /// None is followed any longer: what jumps to unknown places may enter them anywhere. The blocks of those that were.
  std::vector<std::uint32_t> give_up();
  /// Does the edge leave a loop that is followed? What comes out of it is told by following it, not by its blocks.
  [[nodiscard]] bool left_by(std::uint32_t from, std::uint32_t to) const;

 private:
  std::vector<Loop> loops_;  // seldom more than one
};

}  // namespace scanner::trace

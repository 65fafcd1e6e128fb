#include "scanner/trace/interp/short_loops.hpp"

#include <algorithm>

namespace scanner::trace {
namespace {

constexpr std::size_t kMostBlocks = 8;  // of a loop
constexpr std::size_t kMostLoops = 32;  // of a function

using Blocks = std::vector<std::uint32_t>;

bool contains(const Blocks& blocks, std::uint32_t block) { return std::ranges::find(blocks, block) != blocks.end(); }

/// What leads back to the first of `blocks`, among those that stand up to `last` in the order.
void collect(const LiftedFunction& function, std::span<const std::uint32_t> order, std::uint32_t last, Blocks& blocks) {
  const std::uint32_t begin = blocks.front();
  Blocks between;
  for (std::uint32_t number = 0; number < function.blocks.size(); ++number) {
    if (order[number] > order[begin] && order[number] <= last) between.push_back(number);
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (const std::uint32_t number : between) {
      const auto& next = function.blocks[number].successors;
      if (contains(blocks, number) || std::ranges::none_of(next, [&](auto to) { return contains(blocks, to); }))
        continue;
      blocks.push_back(number);
      grown = true;
    }
  }
}

/// Does nothing but the loop's own blocks happen in it?
bool runs_by_itself(const LiftedFunction& function, const Blocks& blocks) {
  for (const std::uint32_t number : blocks) {
    const Block& block = function.blocks[number];
    if (block.leaves_to != 0 || !block.exception_successors.empty() || block.successors.empty()) return false;
    for (std::uint32_t i = 0; i < block.instruction_count; ++i) {
      const Instruction& instruction = function.instructions[function.order[block.first_instruction + i]];
      const auto ops = std::span(function.ops).subspan(instruction.first_op, instruction.op_count);
      if (std::ranges::any_of(ops, [](const Op& op) { return op.kind == OpKind::call; })) return false;
    }
  }
  return true;
}

/// Is the first of `blocks` the only one that others lead to?
bool entered_at_first_only(const LiftedFunction& function, const Blocks& blocks) {
  const auto inside = [&](std::uint32_t number) { return number != blocks.front() && contains(blocks, number); };
  for (std::uint32_t number = 0; number < function.blocks.size(); ++number) {
    const Block& block = function.blocks[number];
    if (std::ranges::any_of(block.exception_successors, [&](auto to) { return contains(blocks, to); })) return false;
    if (!contains(blocks, number) && std::ranges::any_of(block.successors, inside)) return false;
  }
  return true;
}

}  // namespace

bool ShortLoops::Loop::holds(std::uint32_t block) const { return contains(blocks, block); }

ShortLoops::ShortLoops(const LiftedFunction& function, std::span<const std::pair<std::uint32_t, std::uint32_t>> back,
                       std::span<const std::uint32_t> order) {
  for (const auto& [from, begin] : back) {
    const bool known = std::ranges::any_of(loops_, [&](const Loop& loop) { return loop.blocks.front() == begin; });
    if (known || loops_.size() == kMostLoops) continue;
    std::uint32_t last = order[from];
    for (const auto& [other, to] : back) {
      if (to == begin) last = std::max(last, order[other]);
    }
    if (last - order[begin] >= kMostBlocks) continue;
    Loop loop;
    loop.blocks.assign(1, begin);
    collect(function, order, last, loop.blocks);
    if (runs_by_itself(function, loop.blocks) && entered_at_first_only(function, loop.blocks))
      loops_.push_back(std::move(loop));
  }
}

ShortLoops::Loop* ShortLoops::entered_at(std::uint32_t block) {
  const auto found =
      std::ranges::find_if(loops_, [block](const Loop& loop) { return loop.followed && loop.blocks.front() == block; });
  return found == loops_.end() ? nullptr : &*found;
}

std::vector<std::uint32_t> ShortLoops::give_up() {
  std::vector<std::uint32_t> blocks;
  for (Loop& loop : loops_) {
    if (loop.followed) blocks.insert(blocks.end(), loop.blocks.begin(), loop.blocks.end());
    loop.followed = false;
  }
  return blocks;
}

bool ShortLoops::left_by(std::uint32_t from, std::uint32_t to) const {
  return std::ranges::any_of(loops_,
                             [=](const Loop& loop) { return loop.followed && loop.holds(from) && !loop.holds(to); });
}

}  // namespace scanner::trace

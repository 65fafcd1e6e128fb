#include "scanner/trace/ir/block_queue.hpp"

#include <utility>

namespace scanner::trace {

BlockQueue::BlockQueue(const LiftedFunction& function)
    : queued_(function.blocks.size(), 0), rank_(function.blocks.size(), 0), by_rank_(function.blocks.size(), 0) {
  std::vector<std::uint8_t> seen(function.blocks.size(), 0);
  std::uint32_t next_rank = static_cast<std::uint32_t>(function.blocks.size());
  std::vector<std::pair<std::uint32_t, std::size_t>> stack;
  const auto visit = [&](std::uint32_t root) {
    if (seen[root] != 0) return;
    seen[root] = 1;
    stack.emplace_back(root, 0);
    while (!stack.empty()) {
      auto& [block, edge] = stack.back();
      const Block& here = function.blocks[block];
      if (edge < here.exception_successors.size() + here.successors.size()) {
        const std::uint32_t next = edge < here.exception_successors.size()
                                       ? here.exception_successors[edge]
                                       : here.successors[edge - here.exception_successors.size()];
        ++edge;
        if (seen[next] == 0) {
          seen[next] = 1;
          stack.emplace_back(next, 0);
        }
      } else {
        rank_[block] = --next_rank;
        stack.pop_back();
      }
    }
  };
  for (std::uint32_t i = 0; i < function.blocks.size(); ++i) visit(i);  // the entry is the first one
  for (std::uint32_t i = 0; i < function.blocks.size(); ++i) by_rank_[rank_[i]] = i;
}

std::uint32_t BlockQueue::take() {
  const std::uint32_t block = by_rank_[waiting_.top()];
  waiting_.pop();
  queued_[block] = 0;
  return block;
}

}  // namespace scanner::trace

// Paths into one call. Where paths meet before a call, its arguments are joined over all of them, and which goes with
// which is lost. Here each path is followed by itself from where they meet to the call.
#include <algorithm>

#include "scanner/trace/interp/fixpoint.hpp"

namespace scanner::trace {

std::vector<std::uint32_t> Fixpoint::predecessors(std::uint32_t number) const {
  std::vector<std::uint32_t> before;
  for (std::uint32_t other = 0; other < function_.blocks.size(); ++other) {
    const auto& next = function_.blocks[other].successors;
    if (visits_[other] > 0 && std::find(next.begin(), next.end(), number) != next.end()) before.push_back(other);
  }
  return before;
}

/// Is a loop among those that lead there whose blocks do not tell what comes out of it?
bool Fixpoint::led_to_by_loop(std::uint32_t number) const {
  const std::vector<std::uint32_t> before = predecessors(number);
  return loops_ && std::ranges::any_of(before, [&](std::uint32_t other) { return loops_->left_by(other, number); });
}

bool Fixpoint::holds_instruction(std::uint32_t number, std::uint32_t rva) const {
  const Block& block = function_.blocks[number];
  for (std::uint32_t i = 0; i < block.instruction_count; ++i) {
    if (function_.instructions[function_.order[block.first_instruction + i]].rva == rva) return true;
  }
  return false;
}

/// The block that holds the call at `rva`, and before it those that lead to it alone; empty when no path does.
std::vector<std::uint32_t> Fixpoint::blocks_to_call(std::uint32_t rva) const {
  std::vector<std::uint32_t> chain;
  for (std::uint32_t number = 0; number < function_.blocks.size() && chain.empty(); ++number) {
    if (holds_instruction(number, rva)) chain.assign(1, number);
  }
  if (chain.empty() || visits_[chain.front()] == 0) return {};
  std::vector<std::uint32_t> before = predecessors(chain.front());
  while (before.size() == 1 && !led_to_by_loop(chain.front()) && chain.size() < policy::kMostBlocksOfPath &&
         std::find(chain.begin(), chain.end(), before.front()) == chain.end()) {
    chain.insert(chain.begin(), before.front());
    before = predecessors(chain.front());
  }
  return chain;
}

/// From the beginning of the block `from`, which leads to the first of `chain`, to the call in the last.
void Fixpoint::follow_path(std::uint32_t from, const std::vector<std::uint32_t>& chain, std::uint32_t call) {
  State state = in_[from];
  interpret(function_.blocks[from], state);
  refined(function_.blocks[from], chain.front(), state, false);
  recorder_.follow_path_to(call);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Block& block = function_.blocks[chain[i]];
    interpret(block, state);
    if (i + 1 < chain.size()) refined(block, chain[i + 1], state, false);
  }
  recorder_.follow_path_to(0);
}

void Fixpoint::record_paths(std::uint32_t call) {
  const std::vector<std::uint32_t> chain = blocks_to_call(call);
  if (chain.empty()) return;
  const std::vector<std::uint32_t> before = predecessors(chain.front());
  if (before.size() < 2 || before.size() > policy::kMostPaths || led_to_by_loop(chain.front())) return;
  for (const std::uint32_t from : before) {
    if (effort_.given_up()) return;
    follow_path(from, chain, call);
  }
  // Known are all paths or none.
  if (recorder_.paths().size() != before.size()) recorder_.paths().clear();
}

}  // namespace scanner::trace

#include "scanner/trace/interp/evaluation.hpp"

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/interp/transfer.hpp"
#include "scanner/trace/ir/lift_function.hpp"

namespace scanner::trace {
namespace {

/// The block behind `block`, which ends in `last`; nothing when that is not known, or outside the function.
const Block* behind(const LiftedFunction& function, const Block& block, const Instruction& last,
                    const BranchRefinement& comparison) {
  if (block.unresolved_jump) return nullptr;
  if (last.flow != ControlFlow::branch)
    return block.successors.size() == 1 && block.leaves_to == 0 ? &function.blocks[block.successors[0]] : nullptr;
  const std::optional<bool> taken = comparison.decides(last.condition, last.signed_condition);
  if (!taken) return nullptr;
  for (const std::uint32_t next : block.successors) {
    if ((function.blocks[next].rva == last.target) == *taken) return &function.blocks[next];
  }
  return nullptr;
}

}  // namespace

ValueId evaluate_function(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                          ValuePool& values, const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge,
                          const State& entry) {
  if (function.too_large || function.blocks.empty()) return kBottom;
  StackDepths depths;
  Effort effort(budget, values);
  Recorder recorder(function, imports, values, effort);  // no block is begun: nothing is recorded
  Transfer transfer({image, imports, function, values, abi, budget, knowledge, depths}, recorder);
  transfer.comparison().start_deciding();
  State state = entry;
  const Block* block = &function.blocks.front();
  for (unsigned visited = 0; block != nullptr && visited < policy::kMostBlocksEvaluated; ++visited) {
    effort.visit(block->instruction_count);
    effort.spend(block->instruction_count + steps_for(state));
    const Instruction* last = last_instruction(function, *block);
    if (last == nullptr || effort.given_up()) return kBottom;
    transfer.enter(*block, false);
    for (std::uint32_t i = 0; i < block->instruction_count; ++i)
      transfer.run(function.instructions[function.order[block->first_instruction + i]], state);
    if (last->flow == ControlFlow::ret) return state.registers[abi.result];
    block = behind(function, *block, *last, transfer.comparison());
  }
  return kBottom;
}

}  // namespace scanner::trace

#include "scanner/trace/interp/evaluation.hpp"

#include <algorithm>

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/interp/jump_targets.hpp"
#include "scanner/trace/interp/transfer.hpp"
#include "scanner/trace/ir/lift_function.hpp"

namespace scanner::trace {
namespace {

/// The block behind `block`, which ends in `last` and leaves `state`; nothing when that is not known, or outside the
/// function.
const Block* behind(const LiftedFunction& function, const Block& block, const Instruction& last,
                    const BranchRefinement& comparison, const State& state, const ValuePool& values) {
  if (block.unresolved_jump) return nullptr;
  if (last.flow == ControlFlow::indirect_jump) {
    const Atom* to = values.only(jump_target(function, last, state));
    if (to == nullptr || !to->is_image_address()) return nullptr;
    const auto next = std::ranges::find_if(
        block.successors, [&](std::uint32_t number) { return function.blocks[number].rva == to->rva(); });
    return next != block.successors.end() ? &function.blocks[*next] : nullptr;
  }
  if (last.flow != ControlFlow::branch)
    return block.successors.size() == 1 && block.leaves_to == 0 ? &function.blocks[block.successors[0]] : nullptr;
  const std::optional<bool> taken = comparison.decides(last.condition, last.signed_condition);
  if (!taken) return nullptr;
  for (const std::uint32_t next : block.successors) {
    if ((function.blocks[next].rva == last.target) == *taken) return &function.blocks[next];
  }
  return nullptr;
}

/// A walk along one path, block by block. Nothing of it is recorded.
class OnePath {
 public:
  explicit OnePath(const Context& context)
      : context_({context.image, context.imports, context.function, context.values, context.abi, context.budget,
                  context.knowledge, depths_}),
        effort_(context.budget, context.values),
        recorder_(context.function, context.imports, context.values, effort_),  // no block is begun
        transfer_(context_, recorder_) {
    transfer_.comparison().start_deciding();
  }

  /// From the state before `block` to that behind it. The block behind it; null when that is not known.
  const Block* run(const Block& block, State& state) {
    const LiftedFunction& function = context_.function;
    effort_.visit(block.instruction_count);
    effort_.spend(block.instruction_count + steps_for(state));
    const Instruction* last = last_instruction(function, block);
    if (last == nullptr || effort_.given_up()) return nullptr;
    transfer_.enter(block, state, false);
    for (std::uint32_t i = 0; i < block.instruction_count; ++i)
      transfer_.run(function.instructions[function.order[block.first_instruction + i]], state);
    returned_ = last->flow == ControlFlow::ret;
    return returned_ ? nullptr : behind(function, block, *last, transfer_.comparison(), state, context_.values);
  }
  [[nodiscard]] bool returned() const { return returned_; }

 private:
  StackDepths depths_;
  Context context_;
  Effort effort_;
  Recorder recorder_;
  Transfer transfer_;
  bool returned_ = false;
};

}  // namespace

ValueId evaluate_function(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                          ValuePool& values, const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge,
                          const State& entry) {
  if (function.too_large || function.blocks.empty()) return kBottom;
  StackDepths depths;
  OnePath path({image, imports, function, values, abi, budget, knowledge, depths});
  State state = entry;
  const Block* block = &function.blocks.front();
  for (unsigned visited = 0; block != nullptr && visited < policy::kMostBlocksEvaluated; ++visited)
    block = path.run(*block, state);
  return path.returned() ? state.registers[abi.result] : kBottom;
}

std::optional<std::uint32_t> follow_loop(const Context& context, const ShortLoops::Loop& loop, State& state) {
  const std::vector<Block>& blocks = context.function.blocks;
  OnePath path(context);
  std::uint32_t number = loop.blocks.front();
  for (unsigned visited = 0; visited < policy::kMostBlocksOfLoop; ++visited) {
    const Block* next = path.run(blocks[number], state);
    if (next == nullptr) return std::nullopt;
    number = static_cast<std::uint32_t>(next - blocks.data());
    if (!loop.holds(number)) return number;
  }
  return std::nullopt;
}

}  // namespace scanner::trace

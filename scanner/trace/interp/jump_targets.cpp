#include "scanner/trace/interp/jump_targets.hpp"

#include <algorithm>

#include "scanner/trace/ir/lift_function.hpp"

namespace scanner::trace {

ValueId jump_target(const LiftedFunction& function, const Instruction& last, const State& state) {
  if (last.flow != ControlFlow::indirect_jump || last.op_count == 0) return kBottom;
  const Op& jump = function.ops[last.first_op + last.op_count - 1U];
  return jump.kind == OpKind::jump && jump.a < kRegCount ? state.registers[jump.a] : kBottom;
}

bool jumps_past(const LiftedFunction& function, const Block& block, std::uint32_t rva, const State& state,
                const ValuePool& values) {
  const Instruction* last = last_instruction(function, block);
  if (last == nullptr || last->flow != ControlFlow::indirect_jump) return false;
  const ValueId target = jump_target(function, *last, state);
  const auto places = values.atoms(target);
  const auto certain = [](const Atom& atom) { return atom.is_image_address() && atom.assumes == 0; };
  const auto leads_to = [&](std::uint32_t to) {
    return std::ranges::any_of(places, [to](const Atom& atom) { return atom.rva() == to; });
  };
  if (places.empty() || values.flags(target) != 0 || !std::ranges::all_of(places, certain) || leads_to(rva))
    return false;
  // An entry that leads to none of them was not understood.
  return std::ranges::any_of(block.successors,
                             [&](std::uint32_t number) { return leads_to(function.blocks[number].rva); });
}

}  // namespace scanner::trace

// From bytes to a lifted function: the Machine turns one instruction into operations, lift_function() finds the blocks.
// Linear sweep over the function's ranges, and again from every branch target that the sweep stepped over.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/machine.hpp"

namespace scanner::trace {

/// `ranges[0]` starts at the entry. `scopes` are __try ranges whose targets only the unwinder reaches.
LiftedFunction lift_function(Machine& machine, std::vector<CodeRange> ranges,
                             const std::vector<pe::ExceptionScope>& scopes);

/// Null when the block is empty.
inline const Instruction* last_instruction(const LiftedFunction& function, const Block& block) {
  if (block.instruction_count == 0) return nullptr;
  return &function.instructions[function.order[block.first_instruction + block.instruction_count - 1]];
}

/// Does the block stand behind a return? Then it may be another function; behind a jump it is dead code.
inline bool stands_behind_return(const LiftedFunction& function, std::uint32_t number) {
  // The entry comes first, whatever its address.
  while (number > 0 && function.blocks[number - 1].rva < function.blocks[number].rva) {
    const Instruction* last = last_instruction(function, function.blocks[--number]);
    if (last == nullptr || !last->padding) return last != nullptr && last->flow == ControlFlow::ret;
  }
  return false;
}

/// Is there an operation in the block of which `holds` is true?
template <typename Holds>
bool any_op(const LiftedFunction& function, const Block& block, Holds holds) {
  for (std::uint32_t i = 0; i < block.instruction_count; ++i) {
    const Instruction& at = function.instructions[function.order[block.first_instruction + i]];
    if (std::ranges::any_of(std::span(function.ops).subspan(at.first_op, at.op_count), holds)) return true;
  }
  return false;
}

}  // namespace scanner::trace

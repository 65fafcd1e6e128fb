// How the blocks of a lifted function end.
#pragma once

#include <cstdint>

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// Null when the block is empty.
inline const Instruction* last_instruction(const LiftedFunction& function, const Block& block) {
  if (block.instruction_count == 0) return nullptr;
  return &function.instructions[function.order[block.first_instruction + block.instruction_count - 1]];
}

/// Does the block stand behind a return? Then it may be another function; behind a jump it is dead code.
inline bool stands_behind_return(const LiftedFunction& function, std::uint32_t number) {
  while (number > 1) {
    const Instruction* last = last_instruction(function, function.blocks[--number]);
    if (last == nullptr || !last->padding) return last != nullptr && last->flow == ControlFlow::ret;
  }
  return false;
}

}  // namespace scanner::trace

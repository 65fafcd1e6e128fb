// Where an indirect jump leads for what is known of the index: few numbers choose few entries of its table.
#pragma once

#include <cstdint>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// What the indirect jump `last` jumps to in `state`, that behind its block. kBottom when it is no such jump.
ValueId jump_target(const LiftedFunction& function, const Instruction& last, const State& state);
/// Is it known that the indirect jump at the end of `block` does not lead to the block at `rva`?
bool jumps_past(const LiftedFunction& function, const Block& block, std::uint32_t rva, const State& state,
                const ValuePool& values);

}  // namespace scanner::trace

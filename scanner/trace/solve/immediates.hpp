// Numbers in instructions that look like tags: weak evidence where no traced use explains them.
#pragma once

#include <cstdint>
#include <map>

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// Adds the function's plausible tags, each with the lowest RVA of an instruction that holds it.
void note_immediates(const LiftedFunction& function, std::map<std::uint32_t, std::uint32_t>& immediates);

}  // namespace scanner::trace

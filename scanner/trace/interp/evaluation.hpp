// A function that is called with numbers and addresses that are known does one certain thing: it is followed along the
// one path that its branches take, loops round by round, instead of along all paths at once. What a loop over a string
// makes of it can be told in no other way.
#pragma once

#include <optional>

#include "scanner/trace/interp/interpreter.hpp"
#include "scanner/trace/interp/short_loops.hpp"
#include "scanner/trace/interp/transfer.hpp"

namespace scanner::trace {

/// What `function` returns when it is entered in `entry`. kBottom when a branch depends on what is not known, the
/// function is left otherwise, or the path is longer than policy::kMostBlocksEvaluated.
ValueId evaluate_function(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                          ValuePool& values, const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge,
                          const State& entry);

/// Follows a loop from `state`, in which it is entered, round by round. The block that it is left to, `state` being
/// what that begins with then; nothing, and a `state` that says nothing, when a branch depends on what is not known or
/// the path is longer than policy::kMostBlocksOfLoop.
std::optional<std::uint32_t> follow_loop(const Context& context, const ShortLoops::Loop& loop, State& state);

}  // namespace scanner::trace

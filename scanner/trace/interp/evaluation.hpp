// A function that is called with numbers and addresses that are known does one certain thing: it is followed along the
// one path that its branches take, loops round by round, instead of along all paths at once. What a loop over a string
// makes of it can be told in no other way.
#pragma once

#include "scanner/trace/interp/interpreter.hpp"

namespace scanner::trace {

/// What `function` returns when it is entered in `entry`. kBottom when a branch depends on what is not known, the
/// function is left otherwise, or the path is longer than policy::kMostBlocksEvaluated.
ValueId evaluate_function(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                          ValuePool& values, const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge,
                          const State& entry);

}  // namespace scanner::trace

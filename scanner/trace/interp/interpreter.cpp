#include "scanner/trace/interp/interpreter.hpp"

#include "scanner/trace/interp/fixpoint.hpp"

namespace scanner::trace {

FunctionSummary interpret_function(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                                   ValuePool& values, const Abi& abi, Budget& budget,
                                   const CalleeKnowledge& knowledge) {
  StackDepths depths;
  FunctionSummary summary;
  summary.given_up = function.too_large;
  if (summary.given_up) return summary;
  ++budget.work.interpreted;
  // On x86 a round may learn where the stack pointer stands, which the next one starts with.
  do {
    ++budget.work.rounds;
    summary = Fixpoint({image, imports, function, values, abi, budget, knowledge, depths}).run();
  } while (!summary.given_up && abi.callee_removes && depths.another_round());
  summary.depth_lost = depths.reasons();
  return summary;
}

}  // namespace scanner::trace

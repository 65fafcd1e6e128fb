// What the parts of the solver share.
#pragma once

#include <set>
#include <vector>

#include "scanner/trace/domain/program.hpp"
#include "scanner/trace/models/api_model.hpp"
#include "scanner/trace/solve/dependencies.hpp"
#include "scanner/trace/solve/solution.hpp"
#include "scanner/trace/solve/worklist.hpp"

namespace scanner::trace {

/// Reasons that a closer look at callees may do away with.
inline constexpr std::uint32_t kMayDependOnCallees = kTopClobbered | kTopUnset | kAssumesField | kAssumesFrame;

struct SolverContext {
  Program& program;
  ApiModels& models;
  Solution& solution;
  Dependencies dependencies;
  Worklist worklist;
  /// Functions in which arguments stay in registers or locals across calls: callees are asked what they do to them.
  std::set<std::uint32_t> needs_callee_summaries;
  /// Functions in which tags depend on calls through pointers (CalleeKnowledge::through_pointers).
  std::set<std::uint32_t> needs_pointers;
  /// Calls through pointers whose results some tag depends on: worth a search for what they reach.
  std::set<SiteId> results_wanted;

  SolverContext(Program& of, ApiModels& with, Solution& into) : program(of), models(with), solution(into) {}

  /// A call site is to be matched with a sink.
  void match(const MatchCall& call) {
    constexpr std::uint64_t kSteps = 100;
    if (program.budget.spend(kSteps)) worklist.add(call);
  }
  /// The function is interpreted again, with what its callees do.
  void ask_callees_of(std::uint32_t function) {
    if (needs_callee_summaries.insert(function).second) analyse_again(function);
  }
  /// The same, with names for what calls through pointers depend on and return.
  void follow_pointers_in(std::uint32_t function) {
    if (needs_pointers.insert(function).second) analyse_again(function);
  }
  void analyse_again(std::uint32_t function) {
    solution.analysed.erase(function);
    worklist.add(AnalyseFunction{function});
  }
  /// Something new is known of the fact.
  void redo_dependents(const Fact& fact);
  /// Does the function pass tags on, or is some site known to call it? Then it matters who holds its address.
  [[nodiscard]] bool takes_part(std::uint32_t function) const {
    return !solution.sinks_of(function).empty() || !dependencies.of({FactKind::callee, function}).empty();
  }
  /// All sites that are known to call the function.
  [[nodiscard]] std::vector<SiteId> callers_of(std::uint32_t function) const;
};

}  // namespace scanner::trace

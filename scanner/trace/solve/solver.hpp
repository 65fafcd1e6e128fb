// The fixed point between functions. It starts at the functions that refer to listed ones and takes from one worklist
// (work.hpp) what is to be done: interpret a function, find what a call reaches, match a call with a sink. What an item
// finds puts more on the list, until nothing new is found or the budget is used up.
#pragma once

#include "scanner/trace/solve/callee_summaries.hpp"
#include "scanner/trace/solve/conditions.hpp"
#include "scanner/trace/solve/context.hpp"
#include "scanner/trace/solve/discovery.hpp"
#include "scanner/trace/solve/known_arguments.hpp"
#include "scanner/trace/solve/sink_matcher.hpp"
#include "scanner/trace/solve/store_facts.hpp"
#include "scanner/trace/solve/targets.hpp"

namespace scanner::trace {

class Solver {
 public:
  explicit Solver(Program& program);

  Solution solve();

 private:
  void work_off();
  void look_at_arguments();
  void do_item(const WorkItem& item);
  void analyse(std::uint32_t function);
  std::optional<FunctionSummary> interpret(std::uint32_t function);
  FunctionSummary interpret(const LiftedFunction& function);
  bool extend(std::uint32_t function, const std::vector<std::uint32_t>& extensions, std::vector<CodeRange>& ranges);
  void note_addresses_kept(std::uint32_t function, const FunctionSummary& summary);
  void register_calls(std::uint32_t function, std::vector<CallSite> calls);
  void note_damage();
  void note_budget();

  Program& program_;
  ApiModels models_;
  Solution solution_;
  SolverContext context_;
  Discovery discovery_;
  CalleeSummaries summaries_;
  Conditions conditions_;
  StoreFacts stores_;
  CallTargets targets_;
  SinkMatcher matcher_;
  KnownArguments arguments_;
  bool tells_immediates_ = true;  // of functions that are interpreted: not where only arguments are asked for
};

}  // namespace scanner::trace

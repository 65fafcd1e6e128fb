// Which functions are looked at: those that refer to listed functions, call wrappers, or may read, write or hold what a
// tag or a callee depends on. Everything else of an image is never lifted.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "scanner/trace/solve/context.hpp"

namespace scanner::trace {

class Discovery {
 public:
  explicit Discovery(SolverContext& context)
      : program_(context.program), solution_(context.solution), context_(context) {}

  /// What refers to listed functions, directly or in the way that a model knows.
  void start();
  void analyse(std::uint32_t function);
  void analyse_callers(std::uint32_t function) { analyse_callers(function, 0); }
  /// Analyses every function that may read or write the global, once.
  void track_global(std::uint32_t global);
  /// A function that passes tags on may be called through pointers: tracks everything that could hold one.
  void track_pointers_to(std::uint32_t function);
  /// Objects whose address goes into a call: the callee is looked at when their contents matter.
  void note_objects_passed(const CallSite& site);
  /// Calls that no path leads to: without .pdata two functions may pass for one, so the second is analysed by itself.
  void analyse_orphans(std::uint32_t function, const FunctionSummary& summary);
  /// `function` ends with a jump to `target`: that is one, too, which may have seemed to be a part of another.
  void note_tail_call(std::uint32_t function, std::uint32_t target);
  /// The function was analysed: calls that stand in it, and that nothing in it leads to, belong to other functions.
  void look_for_expected_calls(std::uint32_t function);

 private:
  void analyse_jumpers(std::uint32_t function);
  void analyse_owners(std::uint32_t rva);
  void expect_call(std::uint32_t function, std::uint32_t call);
  void analyse_callers(std::uint32_t function, int hops);
  [[nodiscard]] bool is_listed(ValueId pointer) const;
  void note_object_passed(const CallSite& site, const Atom& object);
  void note_tables_in_frame(const CallSite& site, const Atom& object);
  void analyse_with(std::uint32_t global, std::uint32_t function);
  [[nodiscard]] bool begins_with_code(std::uint32_t rva) const;

  Program& program_;
  Solution& solution_;
  SolverContext& context_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> expected_;  // function → calls (RVA), until it is analysed
  std::set<std::uint32_t> jumpers_asked_;                         // functions
  std::set<std::uint32_t> orphans_;                               // blocks that no path leads to
  std::map<std::uint32_t, std::set<std::uint32_t>> tail_calls_;   // function → what it ends with
  std::set<std::uint32_t> ended_with_;                            // by what is a function beyond doubt
  unsigned crowded_globals_ = 0;                                  // with more users than are looked at
};

}  // namespace scanner::trace

// What solving an image found: every call site, every tag sink, and what each call passes to each sink. The solver
// fills it in; attribution reads it and changes nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scanner/trace/interp/call_site.hpp"
#include "scanner/trace/interp/interpreter.hpp"
#include "scanner/trace/solve/tag_sink.hpp"

namespace scanner::trace {

/// What a call site was found to call.
struct Target {
  enum class Kind : std::uint8_t { function, row, unlisted_import };
  Kind kind = Kind::function;
  std::uint32_t number = 0;  ///< RVA of the function, or number of the row or the import

  auto operator<=>(const Target&) const = default;
};

/// What the callers of a function pass for a call through one of its arguments.
struct PassedTargets {
  std::set<Target> certain;           ///< whatever must hold for the call to be made holds where it is passed
  std::set<std::uint32_t> functions;  ///< whose callers say what is passed
  bool doubtful = false;              ///< some caller passes a pointer, and whether the call is made is not known of it
};

struct Solution {
  std::deque<CallSite> sites;        ///< by SiteId
  std::deque<TagSink> sinks;         ///< by SinkId
  std::vector<SinkCall> sink_calls;  ///< in the order in which they were first matched
  /// What each call reaches, and the assumptions (flags) under which it does.
  std::map<std::pair<SiteId, Target>, std::uint32_t> targets;
  std::map<SiteId, PassedTargets> passed_targets;
  std::set<SiteId> unlikely;       ///< calls that are made with arguments only that no known caller passes
  std::set<SiteId> unsure_callee;  ///< calls through what may be another pointer as well
  std::set<SiteId> open_callee;    ///< of calls whose results are wanted: callers decide what they reach
  std::unordered_map<std::uint32_t, FunctionSummary> summaries;  ///< of analysed functions: returns, argument stores
  std::unordered_map<std::uint32_t, State> entries;  ///< in which all calls enter a function; not of most functions
  std::set<std::uint32_t> analysed;
  std::set<std::uint32_t> given_up;                   ///< functions that cost too much: their calls are counted as such
  std::set<std::uint32_t> exports;                    ///< RVAs
  std::map<std::uint32_t, std::uint32_t> immediates;  ///< plausible tag → first instruction that holds it
  std::size_t lifted = 0;
  std::map<std::string, std::uint32_t> depth_lost;  ///< x86: functions by the reason for which the depth was lost
  std::vector<std::string> problems;                ///< a sentence each
  std::vector<std::string> notes;                   ///< see TraceResult::notes
  bool budget_used_up = false;

  /// Null where nothing is known of the calls of the function.
  [[nodiscard]] const State* entry_of(std::uint32_t function) const {
    const auto known = entries.find(function);
    return known != entries.end() ? &known->second : nullptr;
  }
  /// Did the budget suffice for every path? Nothing that rests on half a search is sure.
  [[nodiscard]] bool complete() const { return !budget_used_up && given_up.empty(); }
  /// The sinks that are arguments of the function.
  [[nodiscard]] std::span<const SinkId> sinks_of(std::uint32_t function) const;
  /// Null when the two were not matched.
  [[nodiscard]] const SinkCall* find(SiteId site, SinkId sink) const;
  /// The call at `rva` of `function`.
  [[nodiscard]] std::optional<SiteId> site_at(std::uint32_t function, std::uint32_t rva) const;

  /// The site gets a number, and `site_at` finds it.
  SiteId add_site(CallSite site);
  /// A new one when the two were not matched before.
  SinkCall& sink_call(SiteId site, SinkId sink);
  SinkId add_sink(TagSink sink);
  /// The sink that stands for a listed function.
  SinkId sink_of_row(int row);

 private:
  static std::uint64_t key(std::uint32_t high, std::uint32_t low) { return std::uint64_t{high} << 32 | low; }

  std::unordered_map<std::uint64_t, SiteId> site_index_;            // by function and RVA of the call
  std::unordered_map<std::uint64_t, std::size_t> sink_call_index_;  // by site and sink
  std::unordered_map<std::uint32_t, std::vector<SinkId>> sinks_of_function_;
  std::unordered_map<int, SinkId> sink_of_row_;
};

}  // namespace scanner::trace

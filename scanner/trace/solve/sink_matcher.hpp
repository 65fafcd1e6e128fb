// One call site against one sink: the value that is passed as the tag. What the calling function merely passes on makes
// a sink of that function, whose callers are asked in turn.
#pragma once

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "scanner/trace/solve/call_results.hpp"
#include "scanner/trace/solve/conditions.hpp"
#include "scanner/trace/solve/context.hpp"
#include "scanner/trace/solve/discovery.hpp"

namespace scanner::trace {

class SinkMatcher {
 public:
  static constexpr unsigned kMaxDepth = 16;         ///< wrappers of wrappers
  static constexpr std::size_t kMaxSinks = 20'000;  ///< of one image

  SinkMatcher(SolverContext& context, Discovery& discovery, Conditions& conditions, CalleeSummaries& summaries)
      : program_(context.program),
        values_(context.program.values),
        solution_(context.solution),
        context_(context),
        discovery_(discovery),
        conditions_(conditions),
        results_(context, discovery, summaries) {}

  void match(const MatchCall& item);
  /// From now on, what is known of the arguments of functions leaves tags out: they stay, as an assumption.
  void keep_what_was() { keeps_ = true; }
  /// Was some chain of wrappers not followed to its end?
  [[nodiscard]] bool depth_capped() const { return depth_capped_; }

 private:
  ValueId tag_of_listed(SiteId id, const CallSite& site, const TagSink& sink, SinkCall& call,
                        Conditions::ForCallers& callers, bool known);
  void keep_what_was(SinkCall& call);
  ValueId left_on_ways(const MatchCall& item, ValueId raw);
  /// What a call passes, where it is one known number or address.
  using Passed = std::vector<std::pair<Location, ValueId>>;
  bool takes_another_tag(const CallSite& site, SinkId id);
  bool leaves_tag_out(const SinkEdge& edge, const State& entry);
  ValueId tag_of_wrapper(const CallSite& site, SinkId id, SinkCall& call, Conditions::ForCallers& callers);
  Resolution resolve(const CallSite& site, ValueId value, SinkId sink);
  void ask_callees(const CallSite& site, const SinkCall& call);
  void depend_on_globals(const MatchCall& item, const Resolution& tag);
  void pass_on(const CallSite& site, const SinkCall& call, const Resolution& tag, Conditions::ForCallers callers);
  void add_sink(std::uint32_t function, const Atom& atom, const SinkEdge& edge);
  bool add_edge(SinkId id, const SinkEdge& edge);

  Program& program_;
  ValuePool& values_;
  Solution& solution_;
  SolverContext& context_;
  Discovery& discovery_;
  Conditions& conditions_;
  CallResults results_;
  std::map<std::tuple<SinkId, std::size_t, Passed>, bool> other_tag_;  // takes_another_tag(): by edges, what is passed
  std::map<SinkId, unsigned> asked_;
  bool depth_capped_ = false, keeps_ = false;
};

}  // namespace scanner::trace

// Does a call of a sink do what the sink stands for? Conditions of rows and constraints of edges, held against every
// possible value of an argument. Where paths meet before a call, the arguments of all of them are joined, and which
// goes with which is lost: a call that does several things depending on an argument, or that reaches several callees,
// is then asked path by path.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "scanner/trace/models/arguments.hpp"
#include "scanner/trace/solve/callee_summaries.hpp"
#include "scanner/trace/solve/solution.hpp"

namespace scanner::trace {

/// The argument, or the field behind one, that this call goes through; null when it goes elsewhere, or may do so.
const Atom* passed_pointer(const Program& program, const CallSite& site);

class Conditions {
 public:
  Conditions(Program& program, const Solution& solution, CalleeSummaries& summaries)
      : program_(program), values_(program.values), solution_(solution), summaries_(summaries) {}

  /// What the callers of the calling function must pass for the call to be made.
  struct ForCallers {
    std::vector<Constraint> constraints;
    std::vector<PassedCallee> callees;
  };
  /// Does the row's condition hold at this call? An argument that is passed on becomes a constraint on the callers.
  bool row_applies(const CallSite& site, const tagdb::ApiRow& row, SinkCall& call, ForCallers& callers);
  /// Is there an edge of the sink whose constraints this call meets? Those that depend on the callers are handed up.
  bool edge_applies(const CallSite& site, const TagSink& sink, SinkCall& call, ForCallers& callers);
  /// Whether a call leads to where constraints on its callee's arguments hold.
  struct Allowed {
    bool possible = true;
    bool certain = true;        ///< all of them hold, whatever the arguments are
    std::uint32_t assumed = 0;  ///< for what is not decided
  };
  /// `several`: what is passed along may be one of several, of which each may go with others.
  Allowed allows(const CallSite& site, const std::vector<Constraint>& constraints, bool several);
  /// The call as it is on the paths that lead to what the sink stands for; nothing where all do, or where it is not
  /// known.
  std::optional<CallSite> on_paths_to(SiteId site, const TagSink& sink, SinkCall& call);
  /// The call as it is on all ways on which tests of one number agree with each other; null where none is tested twice,
  /// or where it is not known.
  const CallSite* on_ways_to(SiteId site);
  /// The call as it is made where its function is entered in that state; nothing where it is not known.
  std::optional<CallSite> when_entered(SiteId site, const State& entry);
  /// The site was interpreted again.
  void forget(SiteId site) {
    paths_.erase(site);
    apart_.erase(site);
  }

 private:
  /// Do the possible values meet a condition? `maybe`: not all of them are known.
  enum class Meets : std::uint8_t { none, some, all, maybe };
  /// Is the function passed? `some`: it is one of several, all of which are known.
  enum class Answer : std::uint8_t { no, maybe, some, yes };
  struct EdgeAnswer {
    bool possible = true, some = false;
    std::uint32_t assumptions = 0;  ///< flags: what was not decided
    ForCallers callers;
  };

  [[nodiscard]] Meets meets(ValueId value, std::uint64_t number, bool equal) const;
  [[nodiscard]] Meets meets(const CallSite& site, const Constraint& constraint);
  ValueId condition_of(const CallSite& site, const tagdb::ApiRow& row);
  EdgeAnswer try_edge(const CallSite& site, const SinkEdge& edge);
  void try_constraint(const CallSite& site, const Constraint& constraint, EdgeAnswer& answer);
  Answer passes(const CallSite& site, const PassedCallee& callee, std::vector<PassedCallee>& callers);
  bool meets_some(const CallSite& site, const SinkEdge& edge);
  bool meets_none(const CallSite& site, const SinkEdge& edge);
  [[nodiscard]] bool is_callee(const Atom& atom, const PassedCallee& callee) const;
  [[nodiscard]] bool may_call(const CallSite& path, const TagSink& sink) const;
  bool may_apply(const CallSite& path, const TagSink& sink);
  bool depends_on_path(const CallSite& site, const TagSink& sink);
  /// The call as the function's interpretation tells it again that is asked for by `ask`.
  std::vector<CallSite> interpret_again(SiteId site,
                                        const std::function<void(CalleeKnowledge&, const LiftedFunction&)>& ask);
  const std::vector<CallSite>& paths_into(SiteId site);

  Program& program_;
  ValuePool& values_;
  const Solution& solution_;
  CalleeSummaries& summaries_;
  std::map<SiteId, std::vector<CallSite>> apart_;  // see on_ways_to(): one, or none
  std::map<std::uint32_t, unsigned> asked_apart_;  // by function
  std::map<SiteId, std::vector<CallSite>> paths_;  // of the calls where they were asked for
};

}  // namespace scanner::trace

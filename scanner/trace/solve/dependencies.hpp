// Which work depends on which fact: when something new is known of a fact, all its dependents are to be done again.
// One index for all kinds of facts. Their dependents:
//   call_site       MatchCall        with the sinks that it was matched with
//                   PassPointers     to the callee, which calls through them
//   content         MatchCall        of calls whose tag was read from the global
//   code_pointer    AddTargets       of calls that go through the global
//   returned        MatchCall        of calls whose tag rests on what the function returns
//   targets         MatchCall        of calls whose tag rests on what the call returned
//   callee          TakeStores       at every site that is known to call the function
//   call_through    AddTargets       of calls, in the function or further down, that go through an argument of it or
//                                    what stands behind one, which is the pointer
//   address_kept    AnalyseCallers   of the functions that store the address
//   tracked_global  AnalyseFunction  of functions that get the global's address
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "scanner/trace/solve/worklist.hpp"

namespace scanner::trace {

class Dependencies {
 public:
  /// False when that was known.
  bool add(const Fact& fact, const WorkItem& item) { return dependents_[fact].insert(item).second; }
  /// Ascending.
  [[nodiscard]] const std::set<WorkItem>& of(const Fact& fact) const;
  /// Facts of one kind that something depends on, about RVAs from `low` to below `high`, ascending.
  [[nodiscard]] std::vector<Fact> between(FactKind kind, std::uint32_t low, std::uint32_t high) const;
  /// From now on the fact is one (of tracked_global). False when it was before.
  bool establish(const Fact& fact) { return established_.insert(fact).second; }
  [[nodiscard]] bool established(const Fact& fact) const { return established_.contains(fact); }

 private:
  std::map<Fact, std::set<WorkItem>> dependents_;
  std::set<Fact> established_;
};

}  // namespace scanner::trace

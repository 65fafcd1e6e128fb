// Which functions a call site reaches: directly, through a global, through the table of a framework, or through an
// argument that callers pass.
#pragma once

#include "scanner/trace/solve/context.hpp"
#include "scanner/trace/solve/discovery.hpp"

namespace scanner::trace {

class CallTargets {
 public:
  CallTargets(SolverContext& context, Discovery& discovery)
      : program_(context.program), solution_(context.solution), context_(context), discovery_(discovery) {}

  void find(const FindTargets& item);
  void add(const AddTargets& item);
  /// The callee calls what it gets from this site: an argument, or a field behind one.
  void pass_pointers(const PassPointers& item);

 private:
  void find_behind(SiteId id, const Atom& pointer);
  [[nodiscard]] bool passes_tag(const CallSite& site, bool or_argument);
  void add_row(SiteId site, int row);
  void add_target(SiteId site, const Atom& atom);
  void note_unsure(SiteId site);

  Program& program_;
  Solution& solution_;
  SolverContext& context_;
  Discovery& discovery_;
};

}  // namespace scanner::trace

// Which functions a call site reaches: directly, through a global, through the table of a framework, or through an
// argument that callers pass.
#pragma once

#include <optional>

#include "scanner/trace/solve/conditions.hpp"
#include "scanner/trace/solve/context.hpp"
#include "scanner/trace/solve/discovery.hpp"

namespace scanner::trace {

class CallTargets {
 public:
  CallTargets(SolverContext& context, Discovery& discovery, Conditions& conditions)
      : program_(context.program),
        solution_(context.solution),
        context_(context),
        discovery_(discovery),
        conditions_(conditions) {}

  void find(const FindTargets& item);
  void add(const AddTargets& item);
  /// The callee, or one that it passes it on to, calls what it gets from this site: an argument, or what stands behind.
  void pass_pointers(const PassPointers& item);

 private:
  void find_behind(SiteId id, const Atom& pointer);
  [[nodiscard]] static bool is_passed(const Atom& pointer);
  [[nodiscard]] bool worth_asking(SiteId call, const Atom& pointer);
  void call_through(std::uint32_t function, SiteId call, const Atom& pointer, bool ask);
  void pass_pointer(SiteId id, SiteId through, const Atom& pointer);
  void note_passed(const CallSite& site, SiteId through, ValueId passed, bool certain);
  std::optional<Target> target_of(const Atom& atom);
  void pass_further(const CallSite& site, SiteId through, const Atom& pointer);
  [[nodiscard]] bool passes_tag(const CallSite& site, bool or_argument);
  void add_row(SiteId site, int row, std::uint32_t assumed);
  bool note_target(SiteId site, const Target& target, std::uint32_t assumed);
  void add_target(SiteId site, const Atom& atom);
  void note_unsure(SiteId site);
  void note_open(SiteId site);

  Program& program_;
  Solution& solution_;
  SolverContext& context_;
  Discovery& discovery_;
  Conditions& conditions_;
};

}  // namespace scanner::trace

// Memory that other drivers free: a function that others call returns it, or it is left in an IRP's
// IoStatus.Information, as the PnP manager expects of names and relations. Asked only about tags with which the driver
// frees nothing; the functions that allocate with them are interpreted once more, with an eye on what the call
// returned.
#include <algorithm>
#include <map>
#include <set>

#include "scanner/trace/attribute/attribution.hpp"
#include "scanner/trace/solve/callee_summaries.hpp"

namespace scanner::trace {
namespace {

/// Offset of IRP.IoStatus.Information (wdm.h).
std::int64_t information_of_irp(const Program& program) { return program.abi.word == 8 ? 0x38 : 0x1C; }

class HandedOut {
 public:
  HandedOut(Program& program, Solution& solution)
      : program_(program), solution_(solution), summaries_(program, solution) {
    for (const CallSite& site : solution.sites) {
      if (site.tail) tail_calls_.insert(site.rva);
    }
  }

  /// Of `calls`, all of them in `function`: those whose memory leaves the driver, or may.
  std::set<std::uint32_t> of(std::uint32_t function, const std::vector<std::uint32_t>& calls) {
    const std::set<std::uint32_t> all(calls.begin(), calls.end());
    const std::vector<CodeRange> ranges = program_.functions.ranges_of(function);
    const auto scopes = program_.functions.scopes_of(function);
    if (ranges.empty() || !program_.affordable(ranges, scopes.size())) return all;
    const LiftedFunction lifted = program_.lift(ranges, scopes);
    CalleeKnowledge knowledge = summaries_.of_stack();
    knowledge.results_of = calls;
    const FunctionSummary summary = summaries_.interpret(lifted, knowledge);
    if (summary.given_up) return all;
    const bool exported = solution_.exports.contains(function);
    const bool called_by_others = exported || program_.globals.address_taken(function);
    std::set<std::uint32_t> out;
    for (const std::uint32_t call : all) {
      const bool stored = std::ranges::any_of(summary.argument_stores, [&](const ArgumentStore& store) {
        return (exported || store.offset == information_of_irp(program_)) && holds(store.value, call);
      });
      const bool returned = holds(summary.returns, call) || tail_calls_.contains(call);
      if (stored || (called_by_others && returned)) out.insert(call);
    }
    return out;
  }

 private:
  [[nodiscard]] bool holds(ValueId value, std::uint32_t call) const {
    return std::ranges::any_of(program_.values.atoms(value), [call](const Atom& atom) {
      return atom.kind == AtomKind::returned && atom.offset == 0 && atom.a == call;
    });
  }

  Program& program_;
  Solution& solution_;
  CalleeSummaries summaries_;
  std::set<std::uint32_t> tail_calls_;  // what they return, their function returns
};

bool allocates_pool(const Program& program, const TagUse& use) {
  return use.evidence == Evidence::allocates && use.row >= 0 && program.row(use.row).freed_as_pool;
}

}  // namespace

void mark_handed_out(Program& program, Solution& solution, const std::function<bool(tagdb::PoolTag)>& asked,
                     TraceResult& result) {
  // A free without a tag, or with one that is not known, may free anything: nobody asks further then.
  const BucketCounts frees = result.counts(SiteKind::free);
  if (frees.total() != frees[Bucket::constant] + frees[Bucket::table] || frees_by_pattern(result)) return;
  std::set<tagdb::PoolTag> freed;
  for (const TagUse& use : result.uses) {
    if (use.evidence == Evidence::frees) freed.insert(use.tag);
  }
  const auto in_question = [&](const TagUse& use) {
    return !use.open && allocates_pool(program, use) && !freed.contains(use.tag) && (!asked || asked(use.tag));
  };
  std::set<std::uint32_t> origins;
  for (const TagUse& use : result.uses) {
    if (in_question(use)) origins.insert(use.origin_rva);
  }
  if (origins.empty()) return;
  std::map<std::uint32_t, std::vector<std::uint32_t>> calls;  // by function
  for (const CallSite& site : solution.sites) {
    if (origins.contains(site.rva)) calls[site.function].push_back(site.rva);
  }
  HandedOut handed_out(program, solution);
  std::set<std::uint32_t> leaving;
  for (const auto& [function, here] : calls) leaving.merge(handed_out.of(function, here));
  for (TagUse& use : result.uses) use.handed_out = in_question(use) && leaving.contains(use.origin_rva);
}

}  // namespace scanner::trace

#include "scanner/trace/attribute/allocation.hpp"

#include <algorithm>

#include "scanner/trace/models/pool_type.hpp"

namespace scanner::trace {

ValueId AllocationArguments::of(const CallSite& site, SinkId sink, Which which) {
  std::vector<SinkId> path;
  unsigned budget = 200;  // wrappers of wrappers with many callers: past this the answer is "unknown"
  return follow(site, sink, which, path, budget);
}

/// The recursion is as deep as `path` is long.
ValueId AllocationArguments::follow(const CallSite& site, SinkId id, Which which, std::vector<SinkId>& path,
                                    unsigned& budget) {
  constexpr std::size_t kLongestPath = 64;
  constexpr std::uint64_t kStepsOfEdge = 50;
  ValuePool& values = program_.values;
  const TagSink& sink = solution_.sinks[id];
  const tagdb::ApiRow& row = program_.row(sink.row);
  if (sink.listed())
    return which == Which::pool_type ? pool_type_at(program_, site, row) : size_at(program_, site, row);
  if (budget == 0 || path.size() >= kLongestPath) return values.unknown(kTopCapped);
  --budget;
  path.push_back(id);
  ValueId joined = kBottom;
  for (const SinkEdge& edge : sink.edges) {
    if (!program_.attribution_budget.spend(kStepsOfEdge)) {
      joined = values.join(joined, values.unknown(kTopCapped));
      break;
    }
    // Round a cycle of wrappers nothing new comes in.
    if (std::ranges::find(path, edge.callee) != path.end()) continue;
    ValueId inner = follow(solution_.sites[edge.site], edge.callee, which, path, budget);
    // What the reader of a global passes along is no concern of the function that filled it, unless it is a constant.
    std::uint64_t constant = 0;
    if (edge.through_memory && !values.is_constant(inner, constant)) inner = values.unknown(kTopNotUnderstood);
    const unsigned width = which == Which::pool_type ? 4 : program_.abi.word;
    const Resolution outer = program_.globals.resolve(in_terms_of_caller(program_, site, inner, width));
    joined = values.join(joined, outer.value);
    if (!outer.inflows.empty()) joined = values.join(joined, values.unknown(kTopGlobal));
  }
  path.pop_back();
  return joined == kBottom ? values.unknown(kTopNotUnderstood) : joined;
}

void AllocationArguments::describe(const SinkCall& call, TagUse& use) {
  const ValuePool& values = program_.values;
  const CallSite& site = solution_.sites[call.site];
  const tagdb::ApiRow& row = program_.row(solution_.sinks[call.sink].row);
  if (row.pool_form != tagdb::PoolForm::unknown) {
    const ValueId type = of(site, call.sink, Which::pool_type);
    bool first = true;
    bool mixed = (values.flags(type) & kTopMask) != 0;
    for (const Atom& atom : values.atoms(type)) {
      if (atom.kind != AtomKind::constant) {
        mixed = true;
        continue;
      }
      const Pool one = pool_of_type(atom.a);
      if (!first && one != use.pool) mixed = true;
      use.pool = one;
      use.executable = use.executable || is_executable(atom.a);
      first = false;
    }
    if (mixed) use.pool = row.pool_form == tagdb::PoolForm::lookaside_flags ? Pool::nonpaged : Pool::unknown;
  }
  if (row.size >= 0) {
    std::uint64_t bytes = 0;
    if (values.is_constant(of(site, call.sink, Which::size), bytes)) use.bytes = bytes;
  }
}

}  // namespace scanner::trace

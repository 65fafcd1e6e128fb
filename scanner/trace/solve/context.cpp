#include "scanner/trace/solve/context.hpp"

namespace scanner::trace {

void SolverContext::redo_dependents(const Fact& fact) {
  for (const WorkItem& item : dependencies.of(fact)) {
    if (const auto* call = std::get_if<MatchCall>(&item)) {
      match(*call);
    } else {
      worklist.add(item);
    }
  }
}

std::vector<SiteId> SolverContext::callers_of(std::uint32_t function) const {
  std::vector<SiteId> sites;
  for (const WorkItem& item : dependencies.of({FactKind::callee, function}))
    sites.push_back(std::get<TakeStores>(item).site);
  return sites;
}

}  // namespace scanner::trace

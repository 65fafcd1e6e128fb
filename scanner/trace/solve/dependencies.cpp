#include "scanner/trace/solve/dependencies.hpp"

namespace scanner::trace {

const std::set<WorkItem>& Dependencies::of(const Fact& fact) const {
  static const std::set<WorkItem> none;
  const auto found = dependents_.find(fact);
  return found == dependents_.end() ? none : found->second;
}

std::vector<Fact> Dependencies::between(FactKind kind, std::uint32_t low, std::uint32_t high) const {
  std::vector<Fact> facts;
  for (auto it = dependents_.lower_bound({kind, low});
       it != dependents_.end() && it->first.kind == kind && it->first.subject < high; ++it)
    facts.push_back(it->first);
  return facts;
}

}  // namespace scanner::trace

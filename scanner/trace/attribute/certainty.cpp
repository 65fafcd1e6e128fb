// Can the tag of a call be something else than the constants that were found? Also when nothing in the function itself
// is unknown: an argument may come from a caller that was not seen, or from one that is not understood.
#include <algorithm>

#include "scanner/trace/solve/engine.hpp"

namespace scanner::trace {

/// Why what callers pass for this entry may be something that was not found. Entries hang on each other, in cycles,
/// too: each is looked at once, in whatever order, since the answer is the union of what is said of each.
std::uint32_t Engine::passed_unknown(EntryId id) {
  if (const auto known = passed_unknown_.find(id); known != passed_unknown_.end()) return known->second;
  if (pairs_of_entry_.empty()) {
    for (std::size_t i = 0; i < pairs_.size(); ++i) pairs_of_entry_[pairs_[i].entry].push_back(i);
  }
  constexpr std::uint64_t kStepsOfPair = 4;
  seen_for_.resize(entries_.size(), 0);
  std::uint32_t flags = 0;
  std::vector<EntryId> asked{id};
  while (!asked.empty()) {
    const EntryId next = asked.back();
    asked.pop_back();
    if (seen_for_[next] == id + 1) continue;
    seen_for_[next] = id + 1;
    if (const auto known = passed_unknown_.find(next); known != passed_unknown_.end()) {
      flags |= known->second;
      continue;
    }
    for (const std::size_t number : pairs_of_entry_[next]) {
      if (!report_budget_.spend(kStepsOfPair)) return passed_unknown_[id] = flags | kTopCapped;
      const Pair& pair = pairs_[number];
      if (!pair.applies || !sites_[pair.site].reached || pair.tag == kBottom) continue;
      flags |= (values_.flags(pair.tag) & kTopMask) | what_else_here(pair, asked);
    }
  }
  return passed_unknown_[id] = flags;
}

/// Why this argument of `function`, or what stands behind it, may be something that was not found, as far as calls of
/// these very entries tell, which are added to `asked`.
std::uint32_t Engine::unknown_callers(std::uint32_t function, const Atom& atom, std::vector<EntryId>& asked) {
  const std::uint32_t unknown = atom.kind == AtomKind::field ? kTopField : kTopComputed;
  const auto found = entries_of_function_.find(function);
  if (exports_.contains(function) || found == entries_of_function_.end()) return unknown;
  if (!report_budget_.spend(found->second.size())) return unknown;
  bool called = false;
  for (const EntryId id : found->second) {
    const Entry& entry = entries_[id];
    const bool same_field = entry.field.has_value() == (atom.kind == AtomKind::field) &&
                            (!entry.field || *entry.field == static_cast<std::int64_t>(atom.a));
    if (entry.tag != atom.where || !same_field) continue;
    called = called || entry.called;
    asked.push_back(id);
  }
  return called ? 0 : unknown;
}

/// Why the tag of this call may be something else than its constants, beyond what its value says; 0 when it is not.
std::uint32_t Engine::what_else(const Pair& pair) {
  std::vector<EntryId> asked;
  std::uint32_t flags = what_else_here(pair, asked);
  for (const EntryId id : asked) flags |= passed_unknown(id);
  return flags;
}

/// The same without what callers pass, which is for the entries to say that are added to `asked`.
std::uint32_t Engine::what_else_here(const Pair& pair, std::vector<EntryId>& asked) {
  std::uint32_t flags = 0;
  const std::vector<Atom> atoms(values_.atoms(pair.tag).begin(), values_.atoms(pair.tag).end());
  for (const Atom& atom : atoms) {
    switch (atom.kind) {
      case AtomKind::initial:
        flags |= atom.a != 0 || atom.strided ? kTopComputed : unknown_callers(sites_[pair.site].function, atom, asked);
        break;
      case AtomKind::field: flags |= unknown_callers(sites_[pair.site].function, atom, asked); break;
      case AtomKind::memory:
      case AtomKind::via_global: flags |= kTopGlobal; break;
      case AtomKind::returned: flags |= kTopReturned; break;
      case AtomKind::multiple: flags |= kTopComputed; break;
      default: break;
    }
  }
  for (const GlobalInflow& inflow : pair.inflows) flags |= unknown_callers(inflow.function, inflow.argument, asked);
  return flags;
}

}  // namespace scanner::trace

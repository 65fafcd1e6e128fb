// Can the tag of a call be something else than the constants that were found? Also when nothing in the function itself
// is unknown: an argument may come from a caller that was not seen, or from one that is not understood.
#include <algorithm>

#include "scanner/trace/engine.hpp"

namespace scanner::trace {

/// Why this argument of `function`, or what stands behind it, may be something that was not found; 0 when all is known.
std::uint32_t Engine::unknown_callers(std::uint32_t function, const Atom& atom) {
  const std::uint32_t unknown = atom.kind == AtomKind::field ? kField : kComputed;
  const auto found = entries_of_function_.find(function);
  if (exports_.contains(function) || found == entries_of_function_.end()) return unknown;
  if (pairs_of_entry_.empty()) {
    for (std::size_t i = 0; i < pairs_.size(); ++i) pairs_of_entry_[pairs_[i].entry].push_back(i);
  }
  std::uint32_t flags = 0;
  bool called = false;
  for (const EntryId id : found->second) {
    const Entry& entry = entries_[id];
    const bool same_field = entry.field.has_value() == (atom.kind == AtomKind::field) &&
                            (!entry.field || *entry.field == static_cast<std::int64_t>(atom.a));
    if (entry.tag != atom.where || !same_field) continue;
    called = called || entry.called;
    const auto [known, fresh] = what_callers_pass_.emplace(id, 0);  // round a cycle nothing new comes in
    if (fresh) {
      std::uint32_t passed = 0;
      for (const std::size_t number : pairs_of_entry_[id]) {
        const Pair& pair = pairs_[number];
        if (!pair.applies || !sites_[pair.site].reached || pair.tag == kBottom) continue;
        passed |= (values_.flags(pair.tag) & kOtherMask) | what_else(pair);
      }
      what_callers_pass_[id] = passed;
      flags |= passed;
    } else {
      flags |= known->second;
    }
  }
  return called ? flags : flags | unknown;
}

/// Why the tag of this call may be something else than its constants, beyond what its value says; 0 when it is not.
std::uint32_t Engine::what_else(const Pair& pair) {
  std::uint32_t flags = 0;
  const std::vector<Atom> atoms(values_.atoms(pair.tag).begin(), values_.atoms(pair.tag).end());
  for (const Atom& atom : atoms) {
    switch (atom.kind) {
      case AtomKind::entry:
        flags |= atom.a != 0 || atom.strided ? kComputed : unknown_callers(sites_[pair.site].function, atom);
        break;
      case AtomKind::field: flags |= unknown_callers(sites_[pair.site].function, atom); break;
      case AtomKind::memory:
      case AtomKind::via_global: flags |= kGlobal; break;
      case AtomKind::returned: flags |= kReturned; break;
      case AtomKind::multiple: flags |= kComputed; break;
      default: break;
    }
  }
  for (const Inflow& inflow : pair.inflows) flags |= unknown_callers(inflow.function, inflow.argument);
  return flags;
}

}  // namespace scanner::trace

// Can the tag of a call be something else than the constants that were found? Also when nothing in the function itself
// is unknown: an argument may come from a caller that was not seen, or from one that is not understood.
#include <algorithm>

#include "scanner/trace/engine.hpp"

namespace scanner::trace {

/// Why what callers pass for this entry may be something that was not found. Every entry is looked at once, so that
/// functions that call each other come to an end; what was seen on the way is a part of the answer, not an answer.
std::uint32_t Engine::passed_unknown(EntryId id, std::set<EntryId>& seen) {
  const auto known = passed_unknown_.find(id);
  if (known != passed_unknown_.end()) return known->second;
  if (!seen.insert(id).second) return 0;
  if (pairs_of_entry_.empty()) {
    for (std::size_t i = 0; i < pairs_.size(); ++i) pairs_of_entry_[pairs_[i].entry].push_back(i);
  }
  std::uint32_t flags = 0;
  for (const std::size_t number : pairs_of_entry_[id]) {
    const Pair& pair = pairs_[number];
    if (!pair.applies || !sites_[pair.site].reached || pair.tag == kBottom) continue;
    flags |= (values_.flags(pair.tag) & kOtherMask) | what_else(pair, seen);
  }
  return flags;
}

/// Why this argument of `function`, or what stands behind it, may be something that was not found; 0 when all is known.
std::uint32_t Engine::unknown_callers(std::uint32_t function, const Atom& atom, std::set<EntryId>& seen) {
  const std::uint32_t unknown = atom.kind == AtomKind::field ? kField : kComputed;
  const auto found = entries_of_function_.find(function);
  if (exports_.contains(function) || found == entries_of_function_.end()) return unknown;
  std::uint32_t flags = 0;
  bool called = false;
  for (const EntryId id : found->second) {
    const Entry& entry = entries_[id];
    const bool same_field = entry.field.has_value() == (atom.kind == AtomKind::field) &&
                            (!entry.field || *entry.field == static_cast<std::int64_t>(atom.a));
    if (entry.tag != atom.where || !same_field) continue;
    called = called || entry.called;
    if (!seen.empty()) {
      flags |= passed_unknown(id, seen);
      continue;
    }
    std::set<EntryId> on_the_way;
    const std::uint32_t whole = passed_unknown(id, on_the_way);
    passed_unknown_.emplace(id, whole);
    flags |= whole;
  }
  return called ? flags : flags | unknown;
}

/// Why the tag of this call may be something else than its constants, beyond what its value says; 0 when it is not.
std::uint32_t Engine::what_else(const Pair& pair) {
  std::set<EntryId> seen;
  return what_else(pair, seen);
}

std::uint32_t Engine::what_else(const Pair& pair, std::set<EntryId>& seen) {
  std::uint32_t flags = 0;
  const std::vector<Atom> atoms(values_.atoms(pair.tag).begin(), values_.atoms(pair.tag).end());
  for (const Atom& atom : atoms) {
    switch (atom.kind) {
      case AtomKind::entry:
        flags |= atom.a != 0 || atom.strided ? kComputed : unknown_callers(sites_[pair.site].function, atom, seen);
        break;
      case AtomKind::field: flags |= unknown_callers(sites_[pair.site].function, atom, seen); break;
      case AtomKind::memory:
      case AtomKind::via_global: flags |= kGlobal; break;
      case AtomKind::returned: flags |= kReturned; break;
      case AtomKind::multiple: flags |= kComputed; break;
      default: break;
    }
  }
  for (const Inflow& inflow : pair.inflows) flags |= unknown_callers(inflow.function, inflow.argument, seen);
  return flags;
}

}  // namespace scanner::trace

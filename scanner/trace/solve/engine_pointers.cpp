// Calls through pointers: which of several functions is called decides whether a tag is allocated with.
#include <algorithm>

#include "scanner/trace/solve/engine.hpp"

namespace scanner::trace {

/// The argument, or the field behind one, that this call goes through; null when it goes elsewhere, or perhaps does.
const Atom* Engine::passed_pointer(const CallSite& site) const {
  if (site.import >= 0 || site.target != 0) return nullptr;
  const Atom* atom = values_.only(site.pointer);
  if (atom == nullptr || atom->strided || atom->offset != 0) return nullptr;
  const bool passed = (atom->kind == AtomKind::initial && atom->a == 0) || atom->kind == AtomKind::field;
  return passed && atom->and_mask == 0xFFFFFFFFU && atom->or_mask == 0 ? atom : nullptr;
}

/// Does this call pass the function that is to be called? What our own caller decides is handed up.
Engine::Answer Engine::passes(const CallSite& site, const PassedCallee& callee, std::vector<PassedCallee>& handed) {
  constexpr std::uint64_t kSteps = 50;
  budget_.spend(kSteps);
  ValueId value = value_at(site, callee.where, abi_.word, values_, abi_);
  if (callee.field) value = field_behind(site, value, *callee.field, abi_.word);
  value = globals_.resolve(value).value;
  const std::vector<Atom> atoms(values_.atoms(value).begin(), values_.atoms(value).end());
  bool found = false, unknown = values_.flags(value) != 0, other = unknown;
  for (const Atom& atom : atoms) {
    const bool argument = atom.kind == AtomKind::initial && atom.a == 0 && !atom.strided;
    if (argument || atom.kind == AtomKind::field) {
      PassedCallee up = callee;
      up.where = atom.where;
      up.field = argument ? std::nullopt : std::optional(static_cast<std::int64_t>(atom.a));
      if (atoms.size() == 1 && !other) {
        handed.push_back(up);
        return Answer::yes;
      }
      other = unknown = true;
      continue;
    }
    Callee target;
    if (atom.kind == AtomKind::import) target.import = static_cast<int>(atom.a);
    if (atom.kind == AtomKind::image && !atom.strided)
      target = resolve_thunk(image_, imports_, static_cast<std::uint32_t>(atom.a));
    const int row = target.import >= 0 ? imports_[static_cast<std::size_t>(target.import)].row : -1;
    const bool same = callee.row >= 0 ? row == callee.row : target.import < 0 && target.target == callee.function;
    const bool null = atom.kind == AtomKind::constant && atom.a == 0;
    found = found || same;
    other = other || (!same && !null);
  }
  // Nothing but other functions: it is not called. Something unknown: it may be.
  if (!found) return unknown || atoms.empty() ? Answer::perhaps : Answer::no;
  return other ? Answer::perhaps : Answer::yes;
}

/// May this call go to a function that does not do with the tag what `row` does?
bool Engine::may_call_else(SiteId id, const tagdb::ApiRow& row) {
  const CallSite& site = sites_[id];
  if (site.import >= 0 || site.target != 0 || passed_pointer(site) != nullptr) return false;
  const auto same = [&](int other) {
    return other >= 0 && apis_.rows[static_cast<std::size_t>(other)].kind == row.kind;
  };
  for (auto it = targets_.lower_bound({id, 0}); it != targets_.end() && it->first == id; ++it) {
    if (!report_budget_.spend(1)) return true;
    const auto function = static_cast<std::uint32_t>(it->second);
    if ((it->second >> 32) == 1) {
      if (!same(static_cast<int>(function))) return true;
    } else if ((it->second >> 32) != 0) {
      return true;  // an import that no row lists
    } else {
      const std::vector<EntryId>& entries = entries_of_function_[function];
      report_budget_.spend(entries.size());
      if (std::none_of(entries.begin(), entries.end(), [&](EntryId entry) { return same(entries_[entry].row); }))
        return true;
    }
  }
  return false;
}

}  // namespace scanner::trace

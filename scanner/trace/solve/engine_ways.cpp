// Conditions of rows and of wrappers, held against every possibility of an argument. Where ways meet before a call, the
// arguments of all of them are joined, and which goes with which is lost: a call that does several things depending on
// an argument, or that serves several callees, is then asked way by way.
#include <algorithm>

#include "scanner/trace/solve/engine.hpp"
#include "scanner/trace/domain/state_join.hpp"

namespace scanner::trace {

Engine::Meets Engine::meets(ValueId value, std::uint64_t number, bool equal) const {
  const auto atoms = values_.atoms(value);
  bool yes = false, no = false, unknown = (values_.flags(value) & kTopMask) != 0 || atoms.empty();
  for (const Atom& atom : atoms) {
    const bool address = atom.kind == AtomKind::image || atom.kind == AtomKind::frame || atom.kind == AtomKind::import;
    if (atom.kind != AtomKind::constant && !(address && number == 0)) {
      unknown = true;
      continue;
    }
    const bool same = atom.kind == AtomKind::constant && atom.a == number;  // an address is not 0
    (same == equal ? yes : no) = true;
  }
  // What rests on an assumption rules nothing out: a local that a callee may have filled need not be the 0 it was.
  const bool assumed = (values_.flags(value) & kAssumedMask) != 0;
  if (unknown || (assumed && !yes)) return Meets::perhaps;
  return !yes ? Meets::no : no ? Meets::some : Meets::all;
}

/// The argument that decides whether the row applies.
ValueId Engine::condition_of(const CallSite& site, const tagdb::ApiRow& row) {
  const Location where = abi_.argument(static_cast<unsigned>(row.condition_argument));
  return values_.resize(value_at(site, where, abi_.word, values_, abi_), 4, false);
}

/// Could a call that is made on this way be one of the entry?
bool Engine::may_be_called(const CallSite& way, const Entry& entry) {
  if (way.import >= 0) return entry.function == 0 && imports_[static_cast<std::size_t>(way.import)].row == entry.row;
  if (way.target != 0) return entry.function == way.target || imports_.own(way.target) >= 0;
  return true;
}

/// … and does a condition allow that it does what the entry stands for?
bool Engine::may_apply(const CallSite& way, const Entry& entry) {
  if (!may_be_called(way, entry)) return false;
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
  if (entry.function == 0)
    return row.condition_argument < 0 || meets(condition_of(way, row), row.condition_value, true) != Meets::no;
  return std::ranges::any_of(entry.links, [&](const Link& link) {
    return std::ranges::none_of(link.constraints, [&](const Constraint& constraint) {
      const ValueId passed = value_at(way, constraint.where, constraint.width, values_, abi_);
      return meets(passed, constraint.value, constraint.equal) == Meets::no;
    });
  });
}

/// Does it make a difference which way leads to the call?
bool Engine::depends_on_way(const CallSite& site, const Entry& entry) {
  constexpr std::size_t kMostCallees = 4;
  if (site.import < 0 && site.target == 0) {
    const auto atoms = values_.atoms(site.pointer);
    const auto callee = [](const Atom& atom) {
      return atom.kind == AtomKind::import || (atom.kind == AtomKind::image && !atom.strided);
    };
    if (atoms.size() > 1 && atoms.size() <= kMostCallees && std::ranges::all_of(atoms, callee)) return true;
  }
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
  if (entry.function == 0)
    return row.condition_argument >= 0 && meets(condition_of(site, row), row.condition_value, true) == Meets::some;
  return std::ranges::any_of(entry.links, [&](const Link& link) {
    return std::ranges::any_of(link.constraints, [&](const Constraint& constraint) {
      const ValueId passed = value_at(site, constraint.where, constraint.width, values_, abi_);
      return meets(passed, constraint.value, constraint.equal) == Meets::some;
    });
  });
}

const std::vector<CallSite>& Engine::ways_into(SiteId id) {
  const auto [at, fresh] = ways_.emplace(id, std::vector<CallSite>{});
  if (!fresh) return at->second;
  const std::uint32_t function = sites_[id].function;
  const std::vector<CodeRange> ranges = functions_.ranges_of(function);
  const auto scopes = functions_.scopes_of(function);
  if (ranges.empty() || !affordable(ranges, scopes.size())) return at->second;
  const LiftedFunction lifted = lift_function(image_, decoder_, ranges, scopes);
  CalleeKnowledge knowledge = stack_knowledge();
  knowledge.ways_into = sites_[id].rva;
  std::vector<CallSite> ways = interpret_function(image_, imports_, lifted, values_, abi_, budget_, knowledge).ways;
  std::uint64_t bytes = 0;
  for (const CallSite& way : ways) bytes += sizeof(CallSite) + way.state.frame.size() * sizeof(FrameSlot);
  if (!budget_.keep(bytes)) ways.clear();
  return ways_[id] = std::move(ways);
}

/// The call as it is on the ways that lead to what the entry stands for; nothing where all do, or where it is not
/// known.
std::optional<CallSite> Engine::narrow(SiteId id, const Entry& entry, Pair& pair) {
  if (!sites_[id].reached || !depends_on_way(sites_[id], entry)) return std::nullopt;
  const std::vector<CallSite>& ways = ways_into(id);
  std::optional<CallSite> joined;
  bool others = false, certain = true;
  for (const CallSite& way : ways) {
    if (!may_apply(way, entry)) {
      others = true;
      continue;
    }
    certain = certain && (way.import >= 0 || way.target != 0);
    if (!joined) {
      joined = way;
    } else {
      join_states(joined->state, way.state, JoinKind::forward, values_, abi_);
    }
  }
  pair.never = !joined && !ways.empty();
  if (!joined || !others) return std::nullopt;
  joined->reached = true;
  pair.narrowed = certain;
  return joined;
}

}  // namespace scanner::trace

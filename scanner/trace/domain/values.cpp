// Interning: every value stands in the pool once, found by the hash of its atoms and flags; joins are remembered.
#include "scanner/trace/domain/values.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <iterator>

namespace scanner::trace {
namespace {

std::uint64_t hash_of(std::span<const Atom> atoms, std::uint32_t flags) {
  std::uint64_t hash = 0x9E3779B97F4A7C15ULL ^ flags;
  const auto mix = [&hash](std::uint64_t word) {
    hash ^= word;
    hash *= 0xFF51AFD7ED558CCDULL;
    hash ^= hash >> 32;
  };
  const auto low = [](std::int32_t number) { return std::uint64_t{static_cast<std::uint32_t>(number)}; };
  for (const Atom& atom : atoms) {
    mix(atom.a);
    mix(static_cast<std::uint64_t>(atom.kind) | std::uint64_t{atom.width} << 8 | std::uint64_t{atom.count} << 16 |
        low(atom.where) << 32);
    mix(std::uint64_t{atom.and_mask} << 32 | atom.or_mask);
    mix(low(atom.offset) | low(atom.stride) << 32);
    if (atom.assumes != 0) mix(atom.assumes);
  }
  return hash;
}

/// Drops what is one of a progression's values. Returns how many are left, which stand first.
std::size_t absorb(std::span<Atom> atoms) {
  boost::container::static_vector<Atom, 2 * ValuePool::kCap> kept;
  for (const Atom& atom : atoms) {
    const auto holds = [&atom](const Atom& other) { return other.strided() && includes(other, atom); };
    if (std::ranges::any_of(atoms, holds)) continue;
    const auto chosen_otherwise = [&atom](const Atom& other) {
      return atom.strided() && (atom.is_number() || atom.is_address()) && atom == other.chosen_by(atom.roots());
    };
    const auto same = std::ranges::find_if(kept, chosen_otherwise);
    if (same == kept.end()) {
      kept.push_back(atom);
    } else {
      *same = same->chosen_by(0);
    }
  }
  std::ranges::sort(kept);
  std::ranges::copy(kept, atoms.begin());
  return kept.size();
}

std::uint32_t reasons_if_wrong(std::uint32_t assumptions) {
  std::uint32_t reasons = 0;
  if ((assumptions & kAssumesGlobal) != 0) reasons |= kTopGlobal;
  if ((assumptions & (kAssumesFrame | kAssumesField)) != 0) reasons |= kTopField;
  if ((assumptions & ~(kAssumesGlobal | kAssumesFrame | kAssumesField)) != 0) reasons |= kTopComputed;
  return reasons;
}

}  // namespace

ValuePool::ValuePool(unsigned word, std::optional<std::int64_t> misalignment)
    : word_(word), misalignment_(misalignment) {
  values_.push_back({});  // kBottom
}

ValueId ValuePool::make(std::span<const Atom> atoms, std::uint32_t flags) {
  for (const Atom& atom : atoms) flags |= assumptions_of(atom);
  if (atoms.empty() && flags == 0) return kBottom;
  const std::uint64_t hash = hash_of(atoms, flags);
  const auto same = [&](ValueId id) {
    return values_[id].flags == flags && std::ranges::equal(this->atoms(id), atoms);
  };
  if (const ValueId* known = index_.find(hash, same)) return *known;
  const auto id = static_cast<ValueId>(values_.size());
  const std::span<const Atom> kept = arena_.add(atoms.first(std::min(atoms.size(), kCap)));
  std::uint16_t assumed = 0xFFFF;
  for (const Atom& atom : kept) assumed &= atom.assumes;
  values_.push_back({kept.data(), static_cast<std::uint16_t>(kept.size()), assumed, flags});
  index_.insert(hash, id);
  return id;
}

ValueId ValuePool::unknown(std::uint32_t flags) {
  if (flags >= unknown_.size()) return make({}, flags);
  if (unknown_[flags] == kBottom) unknown_[flags] = make({}, flags);
  return unknown_[flags];
}

bool ValuePool::is_constant(ValueId id, std::uint64_t& value) const {
  const Atom* atom = only(id);
  if (atom == nullptr || !atom->is_constant()) return false;
  value = atom->a;
  return true;
}

std::uint32_t ValuePool::flags_of(ValueId id, const Atom& atom) const {
  const std::uint32_t own = assumptions_of(atom), all = values_[id].flags;
  return (all & kTopMask) | own | reasons_if_wrong(all & kAssumedMask & ~own);
}

ValueId ValuePool::add_flags(ValueId id, std::uint32_t flags) {
  const std::uint16_t assumed = as_assumptions(flags);
  const auto assumes_it = [assumed](const Atom& atom) { return (atom.assumes & assumed) == assumed; };
  if (std::ranges::all_of(atoms(id), assumes_it)) {
    return (values_[id].flags | flags) == values_[id].flags ? id : make(atoms(id), values_[id].flags | flags);
  }
  boost::container::static_vector<Atom, kCap> changed;
  for (const Atom& atom : atoms(id)) changed.push_back(atom.assuming(assumed));
  return make({changed.data(), changed.size()}, values_[id].flags | flags);
}

ValueId ValuePool::unite_two(ValueId a, ValueId b) {
  const std::uint64_t key = std::uint64_t{a} << 32 | b;
  if (const ValueId* known = joins_.find(key, [](ValueId) { return true; })) return *known;
  const auto left = atoms(a), right = atoms(b);
  boost::container::static_vector<Atom, 2 * kCap> all;  // starts empty: blank atoms cost more than the union
  std::set_union(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(all));
  const std::uint32_t flags = values_[a].flags | values_[b].flags;
  if ((flags & kAssumedMask) != 0) all.resize(unify({all.data(), all.size()}));
  if (std::ranges::any_of(all, &Atom::strided)) all.resize(absorb({all.data(), all.size()}));
  const std::size_t most = std::max({policy::kMostJoined, left.size(), right.size()});
  const ValueId joined = all.size() > most ? make(left, flags | kTopCapped) : make({all.data(), all.size()}, flags);
  joins_.insert(key, joined);
  return joined;
}

ValueId ValuePool::unite(std::span<const ValueId> all) {
  std::vector<Atom> together;
  std::uint32_t reasons = 0;
  for (const ValueId id : all) {
    together.insert(together.end(), atoms(id).begin(), atoms(id).end());
    reasons |= flags(id);
  }
  std::ranges::sort(together);
  together.erase(std::unique(together.begin(), together.end()), together.end());
  together.resize(unify(together));
  return make(together, together.size() > kCap ? reasons | kTopCapped : reasons);
}

std::size_t unify(std::span<Atom> atoms) {
  std::size_t kept = 0;
  for (const Atom& atom : atoms) {
    if (kept != 0 && atoms[kept - 1].same_as(atom)) {
      atoms[kept - 1].assumes |= atom.assumes;
    } else {
      atoms[kept++] = atom;
    }
  }
  return kept;
}

}  // namespace scanner::trace

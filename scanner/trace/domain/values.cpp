// Interning: every value stands in the pool once, found by the hash of its atoms and flags; joins are remembered.
#include "scanner/trace/domain/values.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstring>
#include <iterator>

namespace scanner::trace {
namespace {

// What tells atoms apart, in words: they are hashed and compared more often than anything else.
static_assert(offsetof(Atom, width) == 1 && offsetof(Atom, count) == 2 && offsetof(Atom, where) == 4);

/// Kind, width, count and location.
std::uint64_t head_of(const Atom& atom) {
  std::uint64_t word = 0;
  std::memcpy(&word, &atom, sizeof word);
  return word;
}

std::uint64_t masks_of(const Atom& atom) { return atom.and_mask | std::uint64_t{atom.or_mask} << 32; }

bool same(const Atom& left, const Atom& right) {
  return left.a == right.a && head_of(left) == head_of(right) && masks_of(left) == masks_of(right) &&
         left.offset == right.offset && left.stride == right.stride && left.assumes == right.assumes;
}

/// Adds the assumptions of the atoms to `flags` on the way.
std::uint64_t hash_of(std::span<const Atom> atoms, std::uint32_t& flags) {
  constexpr std::uint64_t kOdd = 0xFF51AFD7ED558CCDULL, kOther = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = kOther;
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * kOdd;
    hash ^= hash >> 32;
  };
  for (const Atom& atom : atoms) {
    const auto moved = std::uint64_t{static_cast<std::uint32_t>(atom.offset)} << 32 | atom.assumes;
    mix(atom.a);
    mix(head_of(atom) + (masks_of(atom) + static_cast<std::uint32_t>(atom.stride)) * kOther + moved * kOdd);
    flags |= assumptions_of(atom);
  }
  mix(flags);
  return hash;
}

/// Drops what is one of a progression's values. Returns how many are left, which stand first.
std::size_t absorb(std::span<Atom> atoms) {
  boost::container::static_vector<Atom, 2 * ValuePool::kCap> kept;
  for (const Atom& atom : atoms) {
    // A number of its own is more than one of all that a walk without an end reaches.
    const bool tag = atom.is_constant() && atom.a >= policy::kLargestCounter;
    const auto holds = [&](const Atom& other) {
      return other.strided() && (!tag || other.count != 0) && includes(other, atom);
    };
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
  if (atoms.empty() && flags == 0) return kBottom;
  const std::uint64_t hash = hash_of(atoms, flags);
  const auto is_it = [&](ValueId id) {
    const Value& value = values_[id];
    return value.flags == flags && value.count == atoms.size() &&
           std::equal(atoms.begin(), atoms.end(), value.first, same);
  };
  if (const ValueId* known = index_.find(hash, is_it)) return *known;
  const auto id = static_cast<ValueId>(values_.size());
  const std::span<const Atom> kept = arena_.add(atoms.first(std::min(atoms.size(), kCap)));
  std::uint16_t assumed = 0xFFFF;
  std::uint8_t traits = 0;
  for (const Atom& atom : kept) {
    assumed &= atom.assumes;
    if (atom.strided()) traits |= kHoldsStrided;
    if (atom.kind == AtomKind::frame) traits |= kHoldsFrame;
    if (atom.kind == AtomKind::initial) traits |= kHoldsInitial;
  }
  values_.push_back({kept.data(), static_cast<std::uint8_t>(kept.size()), traits, assumed, flags});
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
  const ValueId joined = make_union(a, b);
  joins_.insert(key, joined);
  return joined;
}

ValueId ValuePool::make_union(ValueId a, ValueId b) {
  const Value left = values_[a], right = values_[b];
  const std::uint32_t flags = left.flags | right.flags;
  const bool plain = (flags & kAssumedMask) == 0 && ((left.traits | right.traits) & kHoldsStrided) == 0;
  if (plain && right.count == 0) return flags == left.flags ? a : make(atoms(a), flags);
  if (plain && left.count == 0) return flags == right.flags ? b : make(atoms(b), flags);
  boost::container::static_vector<Atom, 2 * kCap> all;  // starts empty: blank atoms cost more than the union
  std::set_union(left.first, left.first + left.count, right.first, right.first + right.count, std::back_inserter(all));
  if (!plain) {
    if ((flags & kAssumedMask) != 0) all.resize(unify({all.data(), all.size()}));
    if (std::ranges::any_of(all, &Atom::strided)) all.resize(absorb({all.data(), all.size()}));
  }
  const std::size_t most = std::max<std::size_t>({policy::kMostJoined, left.count, right.count});
  return all.size() > most ? make(atoms(a), flags | kTopCapped) : make({all.data(), all.size()}, flags);
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

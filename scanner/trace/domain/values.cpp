#include "scanner/trace/domain/values.hpp"

#include <algorithm>
#include <bit>
#include <boost/container/static_vector.hpp>

#include "scanner/trace/domain/atom_arithmetic.hpp"

namespace scanner::trace {
namespace {

/// Atoms that are being put together. Unlike an array it starts empty: filling one with blank atoms cost more than what
/// was then done with them.
template <std::size_t kMost>
using Atoms = boost::container::static_vector<Atom, kMost>;

template <std::size_t kMost>
std::span<const Atom> view_of(const Atoms<kMost>& atoms) {
  return {atoms.data(), atoms.size()};
}

std::uint64_t hash_of(std::span<const Atom> atoms, std::uint32_t flags) {
  std::uint64_t hash = 0x9E3779B97F4A7C15ULL ^ flags;
  const auto mix = [&hash](std::uint64_t word) {
    hash ^= word;
    hash *= 0xFF51AFD7ED558CCDULL;
    hash ^= hash >> 32;
  };
  for (const Atom& atom : atoms) {
    mix(atom.a);
    mix(static_cast<std::uint64_t>(atom.kind) | std::uint64_t{atom.width} << 8 | std::uint64_t{atom.strided} << 16 |
        std::uint64_t{static_cast<std::uint32_t>(atom.where)} << 32);
    mix(std::uint64_t{atom.and_mask} << 32 | atom.or_mask);
    mix(static_cast<std::uint32_t>(atom.offset));
  }
  return hash;
}

bool commutes(Alu op) { return op == Alu::bit_or || op == Alu::bit_and; }

}  // namespace

ValuePool::ValuePool(unsigned word, std::int64_t misalignment) : word_(word), misalignment_(misalignment) {
  values_.push_back({0, 0, 0});  // kBottom
}

std::span<const Atom> ValuePool::atoms(ValueId id) const {
  const Value& value = values_[id];
  return {arena_.data() + value.first, value.count};
}

ValueId ValuePool::make(std::span<const Atom> atoms, std::uint32_t flags) {
  if (atoms.empty() && flags == 0) return kBottom;
  const std::uint64_t hash = hash_of(atoms, flags);
  const auto same = [&](ValueId id) {
    return values_[id].flags == flags && std::ranges::equal(this->atoms(id), atoms);
  };
  if (const ValueId* known = index_.find(hash, same)) return *known;
  const auto id = static_cast<ValueId>(values_.size());
  // `atoms` may view the arena itself, which the insertion would move.
  const auto kept = atoms.first(std::min(atoms.size(), kCap));
  const Atoms<kCap> copy(kept.begin(), kept.end());
  values_.push_back({static_cast<std::uint32_t>(arena_.size()), static_cast<std::uint32_t>(copy.size()), flags});
  arena_.insert(arena_.end(), copy.begin(), copy.end());
  index_.insert(hash, id);
  return id;
}

ValueId ValuePool::single(const Atom& atom) { return make({&atom, 1}, 0); }
ValueId ValuePool::unknown(std::uint32_t flags) {
  if (flags >= unknown_.size()) return make({}, flags);
  if (unknown_[flags] == kBottom) unknown_[flags] = make({}, flags);
  return unknown_[flags];
}

ValueId ValuePool::constant(std::uint64_t value) {
  Atom atom;
  atom.a = value;
  return single(atom);
}

ValueId ValuePool::initial(Location location) {
  Atom atom;
  atom.kind = AtomKind::initial;
  atom.where = location;
  return single(atom);
}

ValueId ValuePool::image_address(std::uint32_t rva) {
  Atom atom;
  atom.kind = AtomKind::image;
  atom.a = rva;
  return single(atom);
}

ValueId ValuePool::frame_address(std::int64_t offset) {
  Atom atom;
  atom.kind = AtomKind::frame;
  atom.a = static_cast<std::uint64_t>(offset);
  return single(atom);
}

ValueId ValuePool::import_pointer(std::uint32_t index) {
  Atom atom;
  atom.kind = AtomKind::import;
  atom.a = index;
  return single(atom);
}

ValueId ValuePool::memory(std::uint32_t rva, unsigned width) {
  Atom atom;
  atom.kind = AtomKind::memory;
  atom.width = static_cast<std::uint8_t>(width);
  atom.a = rva;
  return single(atom);
}

bool ValuePool::is_constant(ValueId id, std::uint64_t& value) const {
  const Atom* atom = only(id);
  if (atom == nullptr || atom->kind != AtomKind::constant) return false;
  value = atom->a;
  return true;
}

const Atom* ValuePool::only(ValueId id) const {
  const Value& value = values_[id];
  return value.count == 1 && value.flags == 0 ? &arena_[value.first] : nullptr;
}

ValueId ValuePool::with_flags(ValueId id, std::uint32_t flags) {
  if ((values_[id].flags | flags) == values_[id].flags) return id;
  return make(atoms(id), values_[id].flags | flags);
}

ValueId ValuePool::join(ValueId a, ValueId b) {
  if (a == b || b == kBottom) return a;
  if (a == kBottom) return b;
  const std::uint64_t key = std::uint64_t{a} << 32 | b;
  if (const ValueId* known = joins_.find(key, [](ValueId) { return true; })) return *known;
  const auto left = atoms(a), right = atoms(b);
  Atoms<2 * kCap> all;
  std::set_union(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(all));
  const std::size_t count = all.size();
  const std::uint32_t flags = values_[a].flags | values_[b].flags;
  const ValueId joined = count > kCap ? make(left, flags | kTopCapped) : make(view_of(all), flags);
  joins_.insert(key, joined);
  return joined;
}

/// A pointer that walks through a table: two addresses of one kind become "base + unknown · stride".
bool ValuePool::walking_pointer(ValueId a, ValueId b, ValueId& walked) {
  const auto older = atoms(a), newer = atoms(b);
  if (older.size() != 1 || newer.empty()) return false;
  Atom base = older[0];
  const bool argument = base.kind == AtomKind::initial && base.and_mask == 0xFFFFFFFFU && base.or_mask == 0;
  if (base.kind != AtomKind::image && base.kind != AtomKind::frame && !argument) return false;
  std::int32_t& stride = argument ? base.offset : base.where;  // an argument keeps its location in `where`
  for (const Atom& atom : newer) {
    if (atom.kind != base.kind || (argument && atom.where != base.where)) return false;
    const auto delta = static_cast<std::int64_t>(atom.a - base.a);
    constexpr std::int64_t kLongestStride = 0x1000;
    if (delta == 0) continue;
    const bool down = delta < 0;  // only locals are walked that way often enough to matter
    if (down && (base.kind != AtomKind::frame || (base.strided && stride > 0))) return false;
    if (!down && base.strided && stride < 0) return false;
    if (base.strided && stride != 0) {
      if (delta % stride != 0) return false;
    } else if (delta > kLongestStride || delta < -kLongestStride || atom.strided) {
      return false;
    } else {
      base.strided = true;
      stride = static_cast<std::int32_t>(delta);
    }
  }
  walked = make({&base, 1}, flags(a) | flags(b));
  return true;
}

ValueId ValuePool::widen(ValueId a, ValueId b) {
  if (ValueId walked = kBottom; a != b && walking_pointer(a, b, walked)) return walked;
  const ValueId joined = join(a, b);
  if (a == kBottom || values_[joined].count <= values_[a].count) return joined;
  return make(atoms(a), values_[joined].flags | kTopComputed);
}

ValueId ValuePool::join_loop(ValueId a, ValueId b) {
  if (a == b || a == kBottom || b == kBottom) return join(a, b);
  if (ValueId walked = kBottom; walking_pointer(a, b, walked)) return walked;
  // Small numbers that differ from round to round are a counter; tags are large.
  constexpr std::uint64_t kLargestCounter = 0x10000;
  const auto counter = [this](ValueId id) {
    const auto view = atoms(id);
    return !view.empty() && std::all_of(view.begin(), view.end(), [](const Atom& atom) {
      return atom.kind == AtomKind::constant && atom.a < kLargestCounter;
    });
  };
  if (join(a, b) != a && counter(a) && counter(b)) return unknown(kTopComputed | flags(a) | flags(b));
  return join(a, b);
}

ValueId ValuePool::alu(Alu op, unsigned width, unsigned shift, ValueId a, ValueId b) {
  if (a == kBottom || b == kBottom) return kBottom;
  const std::uint32_t flags = values_[a].flags | values_[b].flags;
  if ((flags & kTopCapped) != 0) return unknown(kTopCapped | kTopComputed);
  if (flags == 0 && values_[a].count == 1 && values_[b].count == 1) {
    Atom out;
    const Atom &x = arena_[values_[a].first], &y = arena_[values_[b].first];
    if (combine(op, width, shift, x, y, misalignment_, out) ||
        (commutes(op) && combine(op, width, shift, y, x, misalignment_, out)))
      return single(out);
  }
  Atoms<kCap> results;
  bool lost = (flags & kTopMask) != 0;
  const std::span<const Atom> right = atoms(b);
  // An unknown index that is scaled: remember by how much.
  std::uint64_t factor = 0;
  if (atoms(a).empty() && (op == Alu::shl || op == Alu::mul) && is_constant(b, factor) &&
      (flags & kTopDepthLost) == 0 && factor > 0 && factor < (op == Alu::shl ? 12U : 0x1000U)) {
    Atom scaled;
    scaled.kind = AtomKind::multiple;
    scaled.a = op == Alu::shl ? std::uint64_t{1} << factor : factor;
    return make({&scaled, 1}, flags & kAssumedMask);
  }
  // Two sets are rarely independent (an index and three times the same index): their product would invent numbers.
  if (atoms(a).size() > 1 && right.size() > 1) return unknown(kTopComputed | (flags & (kTopDepthLost | kAssumedMask)));
  for (const Atom& x : atoms(a)) {
    for (const Atom& y : right) {
      Atom out;
      if (!combine(op, width, shift, x, y, misalignment_, out) &&
          !(commutes(op) && combine(op, width, shift, y, x, misalignment_, out))) {
        lost = true;
        continue;
      }
      if (std::find(results.begin(), results.end(), out) != results.end()) continue;
      if (results.size() == kCap) return unknown(kTopCapped | kTopComputed);
      results.push_back(out);
    }
  }
  // An address plus something unknown stays "somewhere behind that address".
  if (lost && results.empty() && op == Alu::add) {
    for (const ValueId side : {a, b}) {
      const auto view = atoms(side);
      if (view.size() == 1 && (view[0].kind == AtomKind::image || view[0].kind == AtomKind::frame)) {
        Atom out = view[0];
        out.strided = true;
        if (out.where == 0) out.where = 1;
        return make({&out, 1}, flags & kAssumedMask);
      }
    }
  }
  std::sort(results.begin(), results.end());
  std::uint32_t result_flags = flags & kAssumedMask;
  if (lost) result_flags |= kTopComputed | (flags & kTopDepthLost);
  return make(view_of(results), result_flags);
}

ValueId ValuePool::resize(ValueId id, unsigned width, bool sign) {
  if (width >= 8) return id;
  Atoms<kCap> results;
  bool changed = false, lost = false;
  for (const Atom& atom : atoms(id)) {
    Atom out = atom;
    if (atom.kind == AtomKind::constant) {
      out.a = cut(atom.a, width);
      if (sign) {
        const auto bits = 64 - 8 * width;
        out.a = static_cast<std::uint64_t>(static_cast<std::int64_t>(out.a << bits) >> bits);
      }
    } else if (atom.kind == AtomKind::initial) {
      if (width < 4) out.and_mask &= (1U << (8 * width)) - 1;
    } else if (atom.kind == AtomKind::memory || atom.kind == AtomKind::field || atom.kind == AtomKind::via_global) {
      if (atom.offset != 0 && width < atom.width) {
        lost = true;
        continue;
      }
      out.width = static_cast<std::uint8_t>(std::min<unsigned>(width, atom.width));
    } else if (atom.kind == AtomKind::image || atom.kind == AtomKind::frame || atom.kind == AtomKind::import) {
      if (width < 4) {
        lost = true;
        continue;
      }
    }
    changed = changed || out != atom;
    results.push_back(out);
  }
  if (!changed && !lost) return id;
  std::sort(results.begin(), results.end());
  results.erase(std::unique(results.begin(), results.end()), results.end());
  return make(view_of(results), values_[id].flags | (lost ? kTopComputed : 0U));
}

ValueId ValuePool::address(ValueId base, ValueId index, unsigned scale, std::int64_t disp) {
  ValueId sum = base;
  if (index != kBottom) {
    ValueId scaled = index;
    if (scale > 1)
      scaled = alu(Alu::shl, word_, 0, index, constant(static_cast<std::uint64_t>(std::countr_zero(scale))));
    const ValueId before = sum;
    sum = sum == kBottom ? scaled : alu(Alu::add, word_, 0, sum, scaled);
    // Remember the stride: it tells how far apart the entries of a table are.
    const auto view = atoms(sum);
    const Atom* multiple = only(scaled);
    const bool known = word_ == 4 && multiple != nullptr && multiple->kind == AtomKind::multiple;
    if (view.size() == 1 && view[0].strided && before != kBottom && !known) {
      Atom out = view[0];
      out.where = static_cast<std::int32_t>(scale);
      sum = make({&out, 1}, flags(sum));
    }
  }
  if (sum == kBottom) return constant(static_cast<std::uint64_t>(disp));
  if (disp == 0) return sum;
  return alu(Alu::add, word_, 0, sum, constant(static_cast<std::uint64_t>(disp)));
}

ValueId ValuePool::masked(ValueId id, std::uint32_t and_mask, std::uint32_t or_mask) {
  ValueId out = id;
  if (and_mask != 0xFFFFFFFFU) out = alu(Alu::bit_and, 4, 0, out, constant(and_mask));
  if (or_mask != 0) out = alu(Alu::bit_or, 4, 0, out, constant(or_mask));
  return out;
}

}  // namespace scanner::trace

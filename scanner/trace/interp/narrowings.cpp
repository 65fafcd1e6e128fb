#include "scanner/trace/interp/narrowings.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>

#include "scanner/trace/domain/atom_arithmetic.hpp"
#include "scanner/trace/domain/known_bits.hpp"

namespace scanner::trace {
namespace {

/// The number that is seen as `seen` where what it was made of, `whole`, is `number`. Nothing when `seen` is made of
/// something else, or of bits that `whole` lacks.
std::optional<std::uint64_t> seen_as(const Atom& seen, const Atom& whole, std::uint64_t number) {
  const bool same_place = seen.kind == whole.kind && seen.where == whole.where && !seen.strided() && !whole.strided();
  const bool all_bits = !whole.masked() || (whole.or_mask == 0 && (seen.and_mask & ~whole.and_mask) == 0);
  if (!same_place || !all_bits) return std::nullopt;
  if (seen.kind == AtomKind::initial) {
    if (seen.offset != whole.offset) return std::nullopt;
    number += seen.a - whole.a;
  } else {
    if (seen.a != whole.a) return std::nullopt;
    const std::int64_t moved = std::int64_t{seen.offset} - whole.offset;
    number += static_cast<std::uint64_t>(moved);
  }
  if (seen.is_content() && seen.width < 8) number = cut(number, seen.width);
  return seen.masked() ? (number & seen.and_mask) | seen.or_mask : number;
}

/// The number of which `atom` is a part, or to which something was added.
Atom whole_of(const Atom& atom) {
  Atom whole = atom.masked_as(Atom{});
  whole.offset = 0;
  if (atom.kind == AtomKind::initial) whole = Atom::initial(atom.where);
  return whole;
}

/// An index is a small number: is one of those left out? `seen`: what is compared of a number. `mask`: the bits that an
/// index consists of.
template <typename Seen>
bool leaves_out_index(const Bound& bound, std::uint32_t mask, Seen seen) {
  std::uint64_t number = 0;
  for (std::uint64_t i = 0; i < policy::kMostIndices; ++i) {
    if (!bound.holds(seen(number))) return true;
    number = (number - mask) & mask;  // the next one that has no other bits
  }
  return false;
}

/// Does what was found out leave the value `number` out of those of `compared`?
bool excludes(const ValuePool& values, const Narrowing& narrowing, ValueId compared, std::uint64_t number) {
  if (narrowing.kind != Narrowing::Kind::bounded) return false;
  if (narrowing.value == compared) return !narrowing.bound.holds(number);
  const Atom* seen = values.only(narrowing.value);
  const Atom* whole = values.only(compared);
  if (seen == nullptr || whole == nullptr) return false;
  const auto shown = seen_as(*seen, *whole, number);
  return shown && !narrowing.bound.holds(*shown);
}

/// A bit for each unknown number that takes part in choosing a value; 0 when some are not known.
std::int32_t roots_of(const ValuePool& values, ValueId id) {
  std::int32_t roots = 0;
  for (const Atom& atom : values.atoms(id)) {
    const bool number = atom.kind == AtomKind::multiple;
    if (!number && (!atom.is_unknown_number() || values_of(atom) == 0)) return 0;
    const std::int32_t own = number ? atom.roots() : atom.root();
    if (own == 0) return 0;
    roots |= own;
  }
  return roots;
}

bool several(std::int32_t roots) { return (roots & (roots - 1)) != 0; }

/// The numbers from `first` to `last`, around the end if that is smaller. Those of fewer than 64 bits stand in the
/// upper bits, so that they go around where they end.
struct Interval {
  std::uint64_t first = 0, last = 0;

  [[nodiscard]] bool holds(std::uint64_t number) const { return number - first <= last - first; }
};

using Intervals = boost::container::static_vector<Interval, 2 * policy::kMostNarrowings>;

/// Those of `numbers` that are in `other`, too: one piece, or two at its ends.
void intersect(Intervals& numbers, const Interval& other) {
  Intervals left;
  for (const Interval& piece : numbers) {
    const auto add = [&](std::uint64_t first) {
      const std::uint64_t more = std::min(piece.last - first, other.last - first);
      if (left.size() < left.capacity()) left.push_back({first, first + more});
    };
    if (other.holds(piece.first)) add(piece.first);
    if (other.first != piece.first && piece.holds(other.first)) add(other.first);
  }
  numbers = left;
}

/// Bytes in which numbers of `atom` are told apart that `bound` speaks of: a few bits are the same number in each
/// width.
unsigned width_of(const Atom& atom, const Bound& bound) {
  const bool fits = bound.width < 4 && atom.masked() && atom.and_mask >> (8 * bound.width) == 0 && atom.or_mask == 0;
  return fits && !bound.is_signed ? 4 : bound.width;
}

/// Where `bound` holds of a number of `width` bytes, to which `added` was added, the number is one of these.
std::optional<Interval> interval_of(const Bound& bound, unsigned width, std::uint64_t added) {
  if (bound.in_image || width == 0 || width > 8) return std::nullopt;
  const unsigned unused = 64 - 8 * width;
  const std::uint64_t one = std::uint64_t{1} << unused;
  const std::uint64_t limit = bound.limit << unused, end = limit + (one - 1);
  const std::uint64_t least = bound.is_signed ? std::uint64_t{1} << 63 : 0;
  Interval out;
  switch (bound.kind) {
    case Bound::Kind::equal: out = {limit, end}; break;
    case Bound::Kind::not_equal: out = {end + 1, limit - 1}; break;
    case Bound::Kind::at_most: out = {least, end}; break;
    case Bound::Kind::at_least: out = {limit, least - 1}; break;
  }
  return Interval{out.first - (added << unused), out.last - (added << unused)};
}

/// Are both the same number, which nothing changes while the function runs, but for what was added to it?
bool same_number(const Atom& a, const Atom& b) {
  const bool kept = a.kind == AtomKind::initial || (a.kind == AtomKind::returned && a.a == b.a);
  const bool alike = a.kind == b.kind && a.where == b.where && a.offset == b.offset && !a.strided() && !b.strided() &&
                     a.and_mask == b.and_mask && a.or_mask == b.or_mask;
  return kept && alike && (!a.masked() || a.a == b.a);
}

std::uint64_t added_to(const Atom& atom) { return atom.kind == AtomKind::initial && !atom.masked() ? atom.a : 0; }

/// Is it what the call at RVA `call` returned, or has that in one of its halves?
bool is_result(const ValuePool& values, ValueId value, std::uint32_t call) {
  return std::ranges::any_of(values.atoms(value), [&](const Atom& atom) {
    if (atom.kind == AtomKind::halves)
      return is_result(values, atom.low_value(), call) || is_result(values, atom.high_value(), call);
    return atom.kind == AtomKind::returned && atom.a == call;
  });
}

}  // namespace

ValueId whole_number(ValuePool& values, ValueId value) {
  const Atom* atom = values.only(value);
  const bool kept = atom != nullptr && (atom->kind == AtomKind::initial || atom->kind == AtomKind::returned);
  return kept ? values.single(whole_of(*atom)) : kBottom;
}

bool contradicts(const ValuePool& values, const State& state, ValueId compared, const Bound& bound, bool results) {
  const Atom* number = values.only(compared);
  if (number == nullptr || !same_number(*number, *number)) return false;
  if (number->kind == AtomKind::returned && !results) return false;
  const unsigned width = width_of(*number, bound);
  const auto interval = interval_of(bound, width, added_to(*number));
  if (!interval) return false;
  Intervals left(1, *interval);
  for (const Narrowing& known : state.narrowings) {
    const Atom* other = known.kind == Narrowing::Kind::bounded ? values.only(known.value) : nullptr;
    if (other == nullptr || !same_number(*number, *other) || width_of(*other, known.bound) != width) continue;
    if (const auto earlier = interval_of(known.bound, width, added_to(*other))) intersect(left, *earlier);
  }
  return left.empty();
}

std::optional<Narrowing> narrowing_of_any(const ValuePool& values, ValueId compared, const Bound& bound) {
  const Atom* number = values.only(compared);
  if (number == nullptr || values.flags(compared) != 0 || !same_number(*number, *number)) return std::nullopt;
  return Narrowing{Narrowing::Kind::bounded, compared, kBottom, bound};
}

void forget_result(ValuePool& values, State& state, std::uint32_t call) {
  const auto about = [&](ValueId value) { return is_result(values, value, call); };
  const ValueId older = values.unknown(kTopReturned);
  for (ValueId& reg : state.registers) reg = about(reg) ? older : reg;
  for (FrameSlot& slot : state.frame) slot.value = about(slot.value) ? older : slot.value;
  for (FieldSlot& slot : state.fields) slot.value = about(slot.value) ? older : slot.value;
  std::erase_if(state.narrowings, [&](const Narrowing& known) { return about(known.value) || about(known.other); });
}

std::optional<Narrowing> narrowing_of(const ValuePool& values, ValueId compared, ValueId becomes, const Bound& bound) {
  const Narrowing narrowing{Narrowing::Kind::bounded, compared, kBottom, bound};
  // What is not zero and has the width of a pointer is mostly one.
  const bool pointer = bound.kind == Bound::Kind::not_equal && bound.limit == 0 && bound.width == 8;
  const auto atoms = values.atoms(compared);
  if (bound.in_image || atoms.size() > 1) return std::nullopt;
  if (atoms.empty()) {
    const bool shown = becomes != compared || (values.flags(compared) & kTopDepthLost) != 0;
    return !shown && leaves_out_index(bound, ~0U, [](std::uint64_t number) { return number; })
               ? std::optional(narrowing)
               : std::nullopt;
  }
  const Atom& atom = atoms[0];
  if (atom.kind == AtomKind::multiple) return several(atom.roots()) ? std::optional(narrowing) : std::nullopt;
  if (values.flags(compared) != 0 || !atom.is_unknown_number()) return std::nullopt;
  const Atom whole = whole_of(atom);
  if (whole == atom && (pointer || becomes != compared)) return std::nullopt;
  // Which numbers a call may have returned is told later.
  const bool tag = bound.kind == Bound::Kind::not_equal && bound.width == 4 && four_letters(bound.limit);
  if (atom.kind == AtomKind::returned && tag) return narrowing;
  const auto seen = [&](std::uint64_t number) { return seen_as(atom, whole, number).value_or(0); };
  return leaves_out_index(bound, atom.masked() ? atom.and_mask : ~0U, seen) ? std::optional(narrowing) : std::nullopt;
}

std::optional<Narrowing> narrowing_of_two(const ValuePool& values, ValueId a, ValueId b, Bound::Kind kind) {
  if (a == b || roots_of(values, a) == 0 || roots_of(values, b) == 0) return std::nullopt;
  Narrowing narrowing{Narrowing::Kind::compared, a, b, {}};
  narrowing.bound.kind = kind;
  return narrowing;
}

void note(Narrowings& list, const Narrowing& narrowing) {
  const auto at = std::ranges::lower_bound(list, narrowing);
  if ((at == list.end() || *at != narrowing) && list.size() < policy::kMostNarrowings) list.insert(at, narrowing);
}

ValueId without_excluded(ValuePool& values, const Narrowings& known, ValueId compared, ValueId becomes) {
  const auto tells = [&](std::uint64_t number) {
    return std::ranges::any_of(known, [&](const Narrowing& one) { return excludes(values, one, compared, number); });
  };
  const Atom* whole = values.only(compared);
  const bool argument = whole != nullptr && whole->kind == AtomKind::initial;  // the same wherever it stands
  boost::container::static_vector<Atom, ValuePool::kCap> left;
  bool fewer = false;
  for (const Atom& atom : values.atoms(becomes)) {
    bool out = atom.is_constant() && tells(atom.a);
    for (std::uint64_t i = 0; !out && atom.kind == AtomKind::multiple && i < policy::kMostRows; ++i)
      out = tells(atom.a + i * static_cast<std::uint64_t>(std::int64_t{atom.stride}));
    fewer = fewer || out;
    if (!out || !atom.is_constant() || !argument)
      left.push_back(out ? atom.assuming(as_assumptions(kAssumesTable)) : atom);
  }
  return fewer && !left.empty() ? values.make({left.data(), left.size()}, values.flags(becomes)) : becomes;
}

ValueId left_of_bits(ValuePool& values, const Narrowings& known, ValueId value) {
  const Atom* bits = values.only(value);
  if (bits == nullptr || !bits->masked() || !bits->is_unknown_number()) return value;
  const bool told = std::ranges::any_of(known, [&](const Narrowing& one) {
    const Atom* seen = one.kind == Narrowing::Kind::bounded ? values.only(one.value) : nullptr;
    return seen != nullptr && seen->masked() && seen_as(*seen, *bits, 0).has_value();
  });
  Atom few;
  ValueId all = kBottom;
  if (!told || !masked_progression(*bits, few) || !values.spell_out(few, ValuePool::kCap, all)) return value;
  const ValueId left = without_excluded(values, known, value, all);
  return left == all ? value : left;
}

void note_choice(const ValuePool& values, State& state, ValueId element, ValueId index) {
  const auto atoms = values.atoms(element);
  const bool several = atoms.size() > 1 || (atoms.size() == 1 && atoms[0].strided());
  if (index != kBottom && several) note(state.narrowings, {Narrowing::Kind::chosen, element, index, {}});
}

void doubt_chosen(ValuePool& values, State& state, ValueId index, std::uint32_t assumed) {
  for (const Narrowing& known : state.narrowings) {
    if (known.kind != Narrowing::Kind::chosen || known.other != index) continue;
    const ValueId doubted = values.with_flags(known.value, assumed);
    for (ValueId& reg : state.registers) reg = reg == known.value ? doubted : reg;
    for (FrameSlot& slot : state.frame) slot.value = slot.value == known.value ? doubted : slot.value;
  }
}

ValueId index_behind(const State& state, ValueId element) {
  const auto found = std::ranges::find_if(state.narrowings, [element](const Narrowing& known) {
    return known.kind == Narrowing::Kind::chosen && known.value == element;
  });
  return found != state.narrowings.end() ? found->other : kBottom;
}

void doubt_index(State& state, ValueId index) {
  note(state.narrowings, {Narrowing::Kind::doubted, index, kBottom, {}});
}

bool doubted(const State& state, ValueId index) {
  return std::ranges::any_of(state.narrowings, [index](const Narrowing& known) {
    return known.kind == Narrowing::Kind::doubted && known.value == index;
  });
}

bool chosen_together(const ValuePool& values, const State& state, ValueId addresses) {
  // Bits that are shifted down, perhaps, to become an index whose origin nobody knows.
  const auto upper_bits = [&](const Narrowing& known) {
    const Atom* bits = known.kind == Narrowing::Kind::bounded ? values.only(known.value) : nullptr;
    return bits != nullptr && bits->masked() && (bits->and_mask & 1) == 0;
  };
  for (const Atom& address : values.atoms(addresses)) {
    if (!address.is_address() || !address.strided()) continue;
    if (address.roots() == 0 && std::ranges::any_of(state.narrowings, upper_bits)) return true;
    if (!several(address.roots())) continue;
    const auto among = [&](std::int32_t roots) { return roots != 0 && (roots & ~address.roots()) == 0; };
    for (const Narrowing& known : state.narrowings) {
      if (known.kind == Narrowing::Kind::chosen || known.kind == Narrowing::Kind::doubted) continue;
      const std::int32_t first = roots_of(values, known.value);
      const bool two = known.kind == Narrowing::Kind::compared;
      if (among(first) && (two ? among(roots_of(values, known.other)) : several(first))) return true;
    }
  }
  return false;
}

}  // namespace scanner::trace

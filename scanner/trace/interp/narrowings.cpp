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

/// The numbers of 32 bits from `first` to `last`, around the end if that is smaller.
struct Interval {
  std::uint32_t first = 0, last = 0;

  [[nodiscard]] bool holds(std::uint32_t number) const { return number - first <= last - first; }
};

using Intervals = boost::container::static_vector<Interval, 2 * policy::kMostNarrowings>;

/// Those of `numbers` that are in `other`, too: one piece, or two at its ends.
void intersect(Intervals& numbers, const Interval& other) {
  Intervals left;
  for (const Interval& piece : numbers) {
    const auto add = [&](std::uint32_t first) {
      const std::uint32_t more = std::min(piece.last - first, other.last - first);
      if (left.size() < left.capacity()) left.push_back({first, first + more});
    };
    if (other.holds(piece.first)) add(piece.first);
    if (other.first != piece.first && piece.holds(other.first)) add(other.first);
  }
  numbers = left;
}

/// Where `bound` holds of an argument of 32 bits, plus something that was added to it, the argument is one of these.
std::optional<Interval> interval_of(const Atom& argument, const Bound& bound) {
  const bool plain = argument.kind == AtomKind::initial && argument.plain() && argument.offset == 0;
  if (!plain || bound.width != 4 || bound.in_image) return std::nullopt;
  const auto limit = static_cast<std::uint32_t>(bound.limit), added = static_cast<std::uint32_t>(argument.a);
  const std::uint32_t least = bound.is_signed ? 0x80000000U : 0;
  Interval out;
  switch (bound.kind) {
    case Bound::Kind::equal: out = {limit, limit}; break;
    case Bound::Kind::not_equal: out = {limit + 1, limit - 1}; break;
    case Bound::Kind::at_most: out = {least, limit}; break;
    case Bound::Kind::at_least: out = {limit, least - 1}; break;
  }
  return Interval{out.first - added, out.last - added};
}

}  // namespace

bool contradicts(const ValuePool& values, const State& state, ValueId compared, const Bound& bound) {
  const Atom* argument = values.only(compared);
  const auto interval = argument != nullptr ? interval_of(*argument, bound) : std::nullopt;
  if (!interval) return false;
  Intervals left(1, *interval);
  for (const Narrowing& known : state.narrowings) {
    const Atom* other = known.kind == Narrowing::Kind::bounded ? values.only(known.value) : nullptr;
    if (other == nullptr || other->where != argument->where) continue;
    if (const auto earlier = interval_of(*other, known.bound)) intersect(left, *earlier);
  }
  return left.empty();
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

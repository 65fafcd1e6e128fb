// Joins that make loops come to an end: a pointer that walks through a table or a counter becomes a progression, and
// new constants in a block that was visited often are no longer told apart. What a comparison says of progressions.
#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <iterator>

#include "scanner/trace/domain/progression.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {
namespace {

/// Is it read from somewhere, with bits that a mask left, and has it few values? `few`: these.
bool few_numbers(const Atom& atom, Atom& few) {
  return atom.is_unknown_number() && atom.masked() && masked_progression(atom, few);
}

/// May it be where a loop begins to count or to walk? Tags are no small numbers.
bool begins_walk(const Atom& atom) {
  constexpr auto kLargest = static_cast<std::int64_t>(policy::kLargestCounter);
  if (atom.is_constant()) return counted(atom) < kLargest && counted(atom) > -kLargest;
  return atom.kind == AtomKind::multiple || atom.is_address() || atom.is_pointer_argument();
}

/// Rows of a walk that a comparison left, one by one: the loop goes on with those that it walks over anyway.
bool walks_over(const Atom& walk, std::span<const Atom> rows) {
  return walk.kind == AtomKind::image && walk.strided() && std::ranges::all_of(rows, [&walk](Atom row) {
           row.assumes = walk.assumes;
           return row.kind == AtomKind::image && !row.strided() && includes(walk, row);
         });
}

/// A pointer that was loaded, and to which something was added: a loop walks with it, nobody knows how far.
bool moved_from_one_of(std::span<const Atom> older, const Atom& newer) {
  return newer.is_content() && std::ranges::any_of(older, [&](Atom atom) {
           const bool moved = atom.is_content() && atom.offset != newer.offset;
           atom.offset = newer.offset;
           return moved && atom.same_as(newer);
         });
}

}  // namespace

bool ValuePool::walk(ValueId a, ValueId b, std::uint16_t rounds, ValueId& walked) {
  const auto older = atoms(a), newer = atoms(b);
  if (older.size() != 1 || newer.empty()) return false;
  Atom base = older[0];
  if (!begins_walk(base)) return false;
  // One that is not always moved on falls behind the rounds.
  const std::uint16_t known = newer.size() == 1 && rounds > 1 ? rounds : std::uint16_t{0};
  const auto follows = [&](const Atom& atom) { return begins_walk(atom) && trace::walk(base, atom, known); };
  if (!std::ranges::all_of(newer, follows)) return false;
  if (older[0].strided() && !moves_on(older[0], newer)) base.assumes |= as_assumptions(kAssumesStep);
  walked = make({&base, 1}, flags(a) | flags(b));
  return true;
}

ValueId ValuePool::widen(ValueId a, ValueId b) {
  if (a != b && joins_by_halves(a, b))
    return halves(widen(low_half(a), low_half(b)), widen(high_half(a), high_half(b)));
  if (const Atom* all = only(a); all != nullptr && walks_over(*all, atoms(b))) return with_flags(a, flags(b));
  if (ValueId walked = kBottom; a != b && walk(a, b, 0, walked)) return walked;
  const ValueId joined = join(a, b);
  if (a == kBottom || values_[joined].count <= values_[a].count) return joined;
  return make(atoms(a), values_[joined].flags | kTopComputed);
}

bool ValuePool::is_counter(ValueId id) const {
  return !atoms(id).empty() &&
         std::ranges::all_of(atoms(id), [](const Atom& atom) { return atom.is_number() && begins_walk(atom); });
}

/// Did two rounds make the same step: {c, c + d} became {c + d, c + 2d}? `step`: d.
bool ValuePool::steps_twice(ValueId a, ValueId b, std::int64_t& step) const {
  const auto older = atoms(a), newer = atoms(b);
  const auto number = [](const Atom& atom) { return atom.is_constant(); };
  if (older.size() != 2 || newer.size() != 2) return false;
  if (!std::ranges::all_of(older, number) || !std::ranges::all_of(newer, number)) return false;
  step = static_cast<std::int64_t>(newer[0].a - older[0].a);
  const bool same = newer[1].a - older[1].a == newer[0].a - older[0].a;
  const bool up = older[1].a == newer[0].a, down = older[0].a == newer[1].a;
  return same && (up || down) && step <= policy::kLongestStep && step >= -policy::kLongestStep;
}

/// With so many rounds all numbers are known, as large as they may be: letters of tags are counted, too. Without,
/// nobody knows how far they go: the first two are some of them.
ValueId ValuePool::counted_on(ValueId a, ValueId b, std::int64_t step, std::uint16_t rounds) {
  const auto older = atoms(a);
  if (rounds < 2) return with_flags(a, flags(b) | kTopComputed);
  Atom base = Atom::multiple(static_cast<std::int32_t>(step), rounds);
  base.a = older[step > 0 ? 0 : 1].a;
  base.assumes = older[0].assumes | older[1].assumes;
  return make({&base, 1}, flags(a) | flags(b));
}

ValueId ValuePool::join_loop(ValueId a, ValueId b, std::uint16_t rounds) {
  if (a == b || a == kBottom || b == kBottom) return join(a, b);
  if (joins_by_halves(a, b))
    return halves(join_loop(low_half(a), low_half(b), rounds), join_loop(high_half(a), high_half(b), rounds));
  if (const Atom* all = only(a); all != nullptr && walks_over(*all, atoms(b))) return with_flags(a, flags(b));
  if (ValueId walked = kBottom; walk(a, b, rounds, walked)) return walked;
  if (std::int64_t step = 0; steps_twice(a, b, step) && (rounds > 1 || !is_counter(a)))
    return counted_on(a, b, step, rounds);
  const Atom* guess = only(a);
  const bool guessed = guess != nullptr && guess->kind == AtomKind::multiple && !moves_on(*guess, atoms(b));
  const bool moved = std::ranges::any_of(atoms(b), [&](const Atom& atom) { return moved_from_one_of(atoms(a), atom); });
  const ValueId joined = guessed || moved ? with_flags(join(a, b), kAssumesStep) : join(a, b);
  if (joined != a && is_counter(a) && is_counter(b)) return unknown(kTopComputed | flags(a) | flags(b));
  return joined;
}

/// The numbers that a short progression stands for; false when it is none, or long.
bool ValuePool::spell_out(const Atom& atom, std::size_t most, ValueId& numbers) {
  if (atom.kind != AtomKind::multiple || atom.count == 0 || atom.count > most) return false;
  boost::container::static_vector<Atom, kCap> each;
  for (std::uint64_t i = 0; i < atom.count; ++i) {
    Atom one = Atom::constant(atom.a + i * static_cast<std::uint64_t>(std::int64_t{atom.stride}));
    each.push_back(one.assuming(atom.assumes));
  }
  std::ranges::sort(each);
  numbers = make({each.data(), each.size()}, 0);
  return true;
}

/// The few numbers of a progression of which `bound` holds, where that leaves out some in their midst.
bool ValuePool::without_some(const Atom& atom, const Bound& bound, ValueId& numbers) {
  if (!spell_out(atom, kCap, numbers)) return false;
  boost::container::static_vector<Atom, kCap> left;
  std::ranges::copy_if(atoms(numbers), std::back_inserter(left), [&](const Atom& one) { return bound.holds(one.a); });
  if (left.empty() || left.size() == atoms(numbers).size()) return false;
  numbers = make({left.data(), left.size()}, 0);
  return true;
}

bool ValuePool::none_holds(ValueId id, const Bound& bound) const {
  if (bound.in_image || flags(id) != 0 || atoms(id).empty()) return false;
  return std::ranges::all_of(atoms(id), [&bound](const Atom& atom) {
    Atom numbers = atom;
    if (!atom.is_number() && !few_numbers(atom, numbers)) return false;
    if (numbers.is_constant()) return !bound.holds(numbers.a);
    if (numbers.kind != AtomKind::multiple || numbers.count == 0 || numbers.count > kCap) return false;
    for (std::uint64_t i = 0; i < numbers.count; ++i) {
      if (bound.holds(numbers.a + i * static_cast<std::uint64_t>(std::int64_t{numbers.stride}))) return false;
    }
    return true;
  });
}

/// `x - 8` is no less than the fifth last number of 32 bits: x is one of five. kBottom when it is not about that.
ValueId ValuePool::last_numbers(ValueId id, const Bound& bound) {
  constexpr std::uint64_t kLast = 0xFFFFFFFFU;
  const Atom* argument = only(id);
  const bool moved = argument != nullptr && argument->is_pointer_argument() && argument->a != 0;
  const bool few = bound.kind == Bound::Kind::at_least && bound.width == 4 && !bound.is_signed && !bound.in_image &&
                   bound.limit <= kLast && kLast - bound.limit < policy::kMostIndices;
  ValueId numbers = kBottom;
  if (!moved || !few) return kBottom;
  Atom last = Atom::multiple(1, static_cast<std::uint16_t>(kLast - bound.limit + 1));
  last.a = bound.limit;
  return spell_out(last, policy::kMostIndices, numbers) ? numbers : kBottom;
}

/// Some numbers, and some that nobody knows, of which `bound` leaves few values at most: these. kBottom when it is not
/// that.
ValueId ValuePool::few_left(ValueId id, const Bound& bound) {
  const bool low = bound.kind == Bound::Kind::at_most && !bound.in_image && bound.value() >= 0 &&
                   bound.value() < static_cast<std::int64_t>(policy::kMostIndices);
  const auto view = atoms(id);
  const auto number = [](const Atom& atom) { return atom.is_number() || atom.is_unknown_number(); };
  const bool open = (flags(id) & kTopMask) != 0 || !std::ranges::all_of(view, &Atom::is_number);
  if (!low || !open || (flags(id) & (kTopDepthLost | kTopUnreached)) != 0 || !std::ranges::all_of(view, number))
    return kBottom;
  Atom index = Atom::multiple(1, static_cast<std::uint16_t>(bound.value() + 1));
  index.assumes = as_assumptions(flags(id) | (bound.is_signed ? std::uint32_t{kAssumesTable} : 0U));
  ValueId numbers = kBottom;
  return spell_out(index, policy::kMostIndices, numbers) ? numbers : single(index);
}

ValueId ValuePool::restricted(ValueId id, const Bound& bound) {
  if (holds_halves(id)) return id;  // mostly only one half was compared
  const auto before = atoms(id);
  const std::uint32_t reasons = flags(id);
  const auto known = [&](const Atom& atom) { return bound.concerns(atom); };
  if (bound.kind == Bound::Kind::equal)
    return bound.in_image ? image_address(static_cast<std::uint32_t>(bound.limit)) : constant(bound.limit);
  if (Atom few; before.size() == 1 && reasons == 0 && !bound.in_image && few_numbers(before[0], few)) {
    // A number that is read from somewhere, of which a mask leaves few values.
    ValueId numbers = kBottom;
    if (spell_out(few, policy::kMostIndices, numbers)) {
      const ValueId left = restricted(numbers, bound);
      return left == numbers ? id : left;
    }
  }
  if (std::ranges::none_of(before, known)) {
    if (const ValueId last = last_numbers(id, bound); last != kBottom) return last;
    if (bound.kind != Bound::Kind::at_most || bound.in_image || bound.value() < 0) return id;
    // What is read from somewhere keeps its name: that tells more than a bound that leaves many values.
    const std::uint64_t most = before.empty() ? policy::kLargestBound : policy::kMostIndices;
    if (bound.value() >= static_cast<std::int64_t>(most)) return id;
    // A signed comparison lets negative numbers through: a negative index is taken for impossible.
    Atom index = Atom::multiple(1, static_cast<std::uint16_t>(bound.value() + 1));
    if (bound.is_signed) index.assumes = as_assumptions(kAssumesTable);
    ValueId numbers = kBottom;
    return spell_out(index, policy::kMostIndices, numbers) ? numbers : single(index);
  }
  if (const ValueId few = few_left(id, bound); few != kBottom) return few;
  ValueId result = unknown(reasons);
  bool less = false, any = false;
  for (Atom atom : before) {
    if ((atom.is_constant() || atom.is_image_address()) && !atom.strided() && known(atom) && !bound.holds(atom.a)) {
      less = true;
      continue;
    }
    any = true;
    ValueId numbers = kBottom;
    const bool some = atom.strided() && known(atom) && restrict_progression(atom, bound);
    const bool inner = !some && known(atom) && without_some(atom, bound, numbers);
    less = some || inner || less;
    if (!inner && !spell_out(atom, policy::kMostIndices, numbers)) numbers = single(atom);
    result = join(result, numbers);
  }
  return less && any ? result : id;  // where nothing is left no path leads: nobody is told of it
}

}  // namespace scanner::trace

#include "scanner/trace/interp/branch_refinement.hpp"

#include <algorithm>
#include <bit>
#include <boost/container/static_vector.hpp>

namespace scanner::trace {

void BranchRefinement::look_at(Side& side, Reg reg, unsigned width, const State& state) {
  side.value = state.registers[reg];
  side.registers = reg < kFirstWide ? std::uint64_t{1} << reg : 0;
  side.slot_width = 0;
  side.never_changes = reg < kFirstWide && ((never_changes_ >> reg) & 1) != 0;
  const Derivations::Derived* derived = derivations_.steps_to(reg);
  side.derived = derived != nullptr ? *derived : Derivations::Derived{};
  side.registers |= derivations_.copies_of(reg);
  if (reg >= kFirstWide || ((loaded_ >> reg) & 1) == 0) return;
  side.slot = loaded_slots_[reg].offset;
  side.slot_width = width;
}

void BranchRefinement::compare(const Op& op, const State& state) {
  known_ = false;
  choice_ = {};
  sides_ = {};
  told_ = {};
  if (op.a == kNoReg) return;
  look_at(sides_[0], op.a, op.width, state);
  if (op.b != kNoReg) {
    look_at(sides_[1], op.b, op.width, state);
  } else {
    sides_[1].value = values_.constant(op.imm);
  }
  known_ = true;
  width_ = op.width;
  only_equality_ = op.unknown;
  carries_unless_minus_one_ = op.carries_unless_minus_one;
}

std::array<BranchRefinement::Subject, 2> BranchRefinement::subjects() const {
  std::array<Subject, 2> out;
  for (unsigned i = 0; i < out.size(); ++i) {
    const Side& side = sides_[i];
    const Derivations::Origin* origin = side.derived.origin != 0 ? derivations_.origin(side.derived) : nullptr;
    const std::uint64_t registers = origin != nullptr ? origin->registers : side.registers;
    out[i] = origin != nullptr ? Subject{origin->value, origin->slot, origin->slot_width}
                               : Subject{side.value, side.slot, side.slot_width};
    if (registers != 0) out[i].reg = static_cast<Reg>(std::countr_zero(registers));
  }
  return out;
}

/// It keeps the name for as long as it stands there.
void BranchRefinement::name_tested(State& state) {
  for (Side& side : sides_) {
    const bool numbers = values_.flags(side.value) == 0 && !values_.atoms(side.value).empty() &&
                         std::ranges::all_of(values_.atoms(side.value), &Atom::is_number);
    const bool named = numbers || whole_number(values_, side.value) != kBottom;
    if (part_.name == 0 || side.slot_width == 0 || named || side.derived.origin != 0) continue;
    forget_result(values_, state, part_.name);
    ValueId name = values_.single(Atom::returned(part_.name));
    if (side.slot_width < 4) name = values_.masked(name, (1U << (8 * side.slot_width)) - 1, 0);
    replace(state, side, name);
    side.value = name;
    told_ = {};
    return;
  }
}

void BranchRefinement::note_element_stored(const Op& store, State& state, ValueId address) {
  const Atom* array = values_.only(address);
  if (array == nullptr || array->kind != AtomKind::frame || !array->strided() || array->count == 0) return;
  const ValueId index = index_of(store.mem, state);
  if (index == kBottom) return;
  const std::int64_t begin = array->displacement(), end = begin + std::int64_t{array->stride} * array->count;
  for (const FrameSlot& slot : state.frame) {
    if (slot.offset >= begin && slot.offset < end) note_choice(values_, state, slot.value, index);
  }
}

/// The smallest and the largest of the numbers that a value may be. False when it may be something else.
bool BranchRefinement::range_of_all(ValueId id, NumberRange& range) const {
  const auto atoms = values_.atoms(id);
  if (atoms.empty() || values_.flags(id) != 0 || !range_of(atoms[0], range)) return false;
  for (const Atom& atom : atoms.subspan(1)) {
    NumberRange more;
    if (!range_of(atom, more)) return false;
    range = {std::min(range.first, more.first), std::max(range.last, more.last)};
  }
  return true;
}

/// Of a part of a register nobody knows the sign: where it is no less than a number without one, it has none itself.
std::optional<Bound> BranchRefinement::bound_of(unsigned side, const Instruction& branch, bool taken,
                                                bool counts) const {
  std::optional<Bound> bound = bound_of_whole(side, branch, taken, counts);
  const bool sign =
      branch.signed_condition || branch.condition == Condition::negative || branch.condition == Condition::not_negative;
  if (!bound || width_ >= 4 || !sign) return bound;
  const unsigned bits = width_ * 8U - 1U;
  NumberRange others;
  const bool positive =
      range_of_all(sides_[1 - side].value, others) && others.last >> bits == 0 && bound->limit >> bits == 0;
  if (bound->in_image || bound->kind != Bound::Kind::at_least || !positive) return std::nullopt;
  bound->is_signed = false;
  return bound;
}

/// bound_of(), asked of both ways of a branch, and for more than one reason.
const std::optional<Bound>& BranchRefinement::bound_told(unsigned side, const Instruction& branch, bool taken) {
  Told& told = told_[2 * side + (taken ? 1U : 0U)];
  if (!told.known || told.condition != branch.condition || told.is_signed != branch.signed_condition)
    told = {true, branch.condition, branch.signed_condition, bound_of(side, branch, taken, false)};
  return told.bound;
}

/// What the branch says of one side, when the other is a single number, an address in the image, or one of few numbers.
/// `counts`: it is asked how often a loop is entered that ends when the two are equal, which is at most so often as if
/// the other were the largest of them.
std::optional<Bound> BranchRefinement::bound_of_whole(unsigned side, const Instruction& branch, bool taken,
                                                      bool counts) const {
  const ValueId opposite = sides_[1 - side].value;
  const Atom* other = values_.only(opposite);
  Bound bound;
  NumberRange range;
  bound.in_image = other != nullptr && other->is_image_address();
  if (!bound.in_image && !range_of_all(opposite, range)) return std::nullopt;
  bound.is_signed = branch.signed_condition;
  bound.width = width_;
  bound.limit = bound.in_image ? other->a : width_ == 4 ? range.last & 0xFFFFFFFFU : range.last;
  const bool few = !bound.in_image && range.first != range.last;
  const bool equality = branch.condition == Condition::equal || branch.condition == Condition::not_equal;
  if (few && (equality ? !counts : only_equality_)) return std::nullopt;
  if (equality) {
    bound.kind = taken == (branch.condition == Condition::equal) ? Bound::Kind::equal : Bound::Kind::not_equal;
    return bound;
  }
  if (branch.condition == Condition::negative || branch.condition == Condition::not_negative) {
    // The sign of what arithmetic leaves is its own, whatever the carry.
    if (side != 0 || few || bound.in_image || bound.limit != 0) return std::nullopt;
    bound.is_signed = true;
    const bool negative = taken == (branch.condition == Condition::negative);
    bound.kind = negative ? Bound::Kind::at_most : Bound::Kind::at_least;
    if (negative) bound.limit = width_ == 4 ? 0xFFFFFFFFU : ~std::uint64_t{0};
    return bound;
  }
  if (only_equality_) {
    const bool carry = branch.condition == Condition::below || branch.condition == Condition::above_equal;
    if (!carries_unless_minus_one_ || !carry || branch.signed_condition || side != 0) return std::nullopt;
    const bool set = taken == (branch.condition == Condition::below);
    bound.kind = set ? Bound::Kind::not_equal : Bound::Kind::equal;
    bound.limit = width_ == 4 ? 0xFFFFFFFFU : ~std::uint64_t{0};
    return bound;
  }
  const bool below = branch.condition == Condition::below || branch.condition == Condition::below_equal;
  const bool or_equal =
      taken == (branch.condition == Condition::below_equal || branch.condition == Condition::above_equal);
  const bool least = (taken == below) == (side == 1);
  bound.kind = least ? Bound::Kind::at_least : Bound::Kind::at_most;
  if (few && least) bound.limit = range.first;
  if (or_equal) return bound;
  const bool at_edge = least ? bound.limit == ~std::uint64_t{0} || (width_ == 4 && bound.limit == 0xFFFFFFFFU)
                             : bound.limit == 0 && !bound.is_signed;
  if (at_edge) return std::nullopt;
  bound.limit = least ? bound.limit + 1 : bound.limit - 1;
  return bound;
}

/// `counts`: the branch may end a loop that begins with its block.
BranchRefinement::News BranchRefinement::look(const Instruction& branch, bool taken, bool counts, const State& state) {
  News news;
  if (!is_single(0) && !is_single(1)) {
    const bool equal = branch.condition == Condition::equal || branch.condition == Condition::not_equal;
    const Bound::Kind kind = !equal                                            ? Bound::Kind::at_most
                             : taken == (branch.condition == Condition::equal) ? Bound::Kind::equal
                                                                               : Bound::Kind::not_equal;
    news.narrowing = narrowing_of_two(values_, sides_[0].value, sides_[1].value, kind);
  }
  for (unsigned side = 0; side < sides_.size(); ++side) {
    const ValueId compared = sides_[side].value;
    if (is_single(side)) continue;
    const std::optional<Bound>& bound = bound_told(side, branch, taken);
    if (!bound) continue;
    const bool equality = bound->kind == Bound::Kind::equal || bound->kind == Bound::Kind::not_equal;
    const Atom* number = values_.only(compared);
    if (number != nullptr && number->kind == AtomKind::returned && !state.narrowings.empty()) news.result = compared;
    if (!state.narrowings.empty()) news.index = index_behind(state, compared);
    if (const Atom* argument = number;
        equality && argument != nullptr && argument->is_pointer_argument() && !bound->in_image)
      news.constraint = constraint_on(*argument, *bound);
    ValueId becomes = values_.restricted(compared, *bound);
    if (becomes != compared && bound->kind != Bound::Kind::equal && !state.narrowings.empty())
      becomes = without_excluded(values_, state.narrowings, compared, becomes);
    if (!news.narrowing) news.narrowing = narrowing_of(values_, compared, becomes, *bound);
    if (!news.narrowing && apart_) news.narrowing = narrowing_of_any(values_, compared, *bound);
    if (const Derivations::Derived& derived = sides_[side].derived; derived.origin != 0 && !bound->in_image) {
      const Derivations::Origin* origin = derivations_.origin(derived);
      news.left_of_origin = derivations_.left_of(derived, *bound);
      if (news.left_of_origin == news.index) news.index = kBottom;  // it holds of all elements
      if (news.left_of_origin != kBottom && news.left_of_origin != origin->value) news.origin = origin;
    }
    news.narrowed = news.origin != nullptr ? news.origin->value : becomes != compared ? compared : kBottom;
    if (bound->kind == Bound::Kind::not_equal && counts) count_to(becomes, *bound);
    if (becomes != compared) news.side = side;
    news.becomes = becomes;
    break;
  }
  return news;
}

bool BranchRefinement::impossible(const Instruction& branch, bool taken, const State& state) {
  for (unsigned side = 0; side < sides_.size(); ++side) {
    // A single number is mostly one that the code sets, and that what is not followed changes.
    if (is_single(side) && !(sides_[side].never_changes && is_single(1 - side))) continue;
    const std::optional<Bound>& bound = bound_told(side, branch, taken);
    if (!bound) continue;
    const ValueId compared = sides_[side].value;
    if (values_.none_holds(compared, *bound) || contradicts(values_, state, compared, *bound, apart_)) return true;
  }
  return false;
}
/// A counter that the head of a loop compares for equality does not go beyond, unless some way around this loop leaves
/// the comparison out.
void BranchRefinement::count_to(ValueId& becomes, const Bound& bound) {
  const Atom* counter = values_.only(becomes);
  if (counter == nullptr || !counter->strided() || counter->count != 0) return;
  Bound last = bound;
  last.kind = counter->stride > 0 ? Bound::Kind::at_most : Bound::Kind::at_least;
  const auto step = static_cast<std::uint64_t>(std::int64_t{counter->stride});
  if (!bound.concerns(*counter) || (bound.limit - counter->a) % step != 0) return;
  last.limit = bound.limit - step;
  becomes = values_.with_flags(values_.restricted(becomes, last), kAssumesTable);
}

/// `argument`, plus what was added to it, is (or is not) that number: callers are asked about that.
Constraint BranchRefinement::constraint_on(const Atom& argument, const Bound& bound) const {
  const bool wide = width_ == 8;
  const std::uint64_t value = bound.limit - argument.a;
  return {argument.where, wide ? value : value & 0xFFFFFFFFU, bound.kind == Bound::Kind::equal,
          wide ? std::uint8_t{8} : std::uint8_t{4}};
}

}  // namespace scanner::trace

#include "scanner/trace/interp/branch_refinement.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>

namespace scanner::trace {

void BranchRefinement::look_at(Side& side, Reg reg, unsigned width, const State& state) {
  side.value = state.registers[reg];
  side.registers = reg < kFirstWide ? std::uint64_t{1} << reg : 0;
  side.slot_width = 0;
  const Derivations::Derived* derived = derivations_.steps_to(reg);
  side.derived = derived != nullptr ? *derived : Derivations::Derived{};
  side.registers |= derivations_.copies_of(reg);
  if (reg >= kFirstWide || ((loaded_ >> reg) & 1) == 0) return;
  side.slot = loaded_slots_[reg].offset;
  side.slot_width = width;
}

void BranchRefinement::compare(const Op& op, const State& state) {
  known_ = false;
  sides_ = {};
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
  carry_ = op.carry;
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
    if (carry_ == Carry::unknown || !carry || branch.signed_condition || side != 0) return std::nullopt;
    const bool set = taken == (branch.condition == Condition::below);
    bound.kind = set == (carry_ == Carry::at_minus_one) ? Bound::Kind::equal : Bound::Kind::not_equal;
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
    const std::optional<Bound> bound = bound_of(side, branch, taken, false);
    if (!bound) continue;
    const bool equality = bound->kind == Bound::Kind::equal || bound->kind == Bound::Kind::not_equal;
    if (const Atom* argument = values_.only(compared);
        equality && argument != nullptr && argument->is_pointer_argument() && !bound->in_image)
      news.constraint = constraint_on(*argument, *bound);
    ValueId becomes = values_.restricted(compared, *bound);
    if (becomes != compared && bound->kind != Bound::Kind::equal && !state.narrowings.empty())
      becomes = without_excluded(values_, state.narrowings, compared, becomes);
    if (!news.narrowing) news.narrowing = narrowing_of(values_, compared, becomes, *bound);
    if (const Derivations::Derived& derived = sides_[side].derived; derived.origin != 0 && !bound->in_image) {
      news.left_of_origin = derivations_.left_of(derived, *bound);
      if (news.left_of_origin != kBottom) news.origin = derivations_.origin(derived);
    }
    news.narrowed = news.origin != nullptr ? news.origin->value : becomes != compared ? compared : kBottom;
    if (bound->kind == Bound::Kind::not_equal && counts) count_to(becomes, *bound);
    if (becomes != compared) news.side = side;
    news.becomes = becomes;
    break;
  }
  return news;
}

bool BranchRefinement::impossible(const Instruction& branch, bool taken, const State& state) const {
  for (unsigned side = 0; side < sides_.size(); ++side) {
    // A single number is mostly one that the code sets, and that what is not followed changes.
    const std::optional<Bound> bound = is_single(side) ? std::nullopt : bound_of(side, branch, taken, false);
    if (!bound) continue;
    const ValueId compared = sides_[side].value;
    if (values_.none_holds(compared, *bound) || contradicts(values_, state, compared, *bound)) return true;
  }
  return false;
}

/// What `reg` holds where `known` says something of bits of a number that it, or what it was computed from, has bits of.
ValueId BranchRefinement::left_of_bits_in(Reg reg, const Narrowings& known, const State& state) {
  const Derivations::Derived* derived = derivations_.steps_to(reg);
  const Derivations::Origin* origin = derived != nullptr ? derivations_.origin(*derived) : nullptr;
  if (origin == nullptr) return left_of_bits(values_, known, state.registers[reg]);
  const ValueId left = left_of_bits(values_, known, origin->value);
  return left != origin->value ? derivations_.result_of(*derived, left) : state.registers[reg];
}

/// Is it about bits of a number, of which others may stand elsewhere?
bool BranchRefinement::is_about_bits(const std::optional<Narrowing>& narrowing) const {
  const bool bounded = narrowing && narrowing->kind == Narrowing::Kind::bounded;
  const Atom* bits = bounded ? values_.only(narrowing->value) : nullptr;
  return bits != nullptr && bits->masked();
}

/// What is known of some bits of a number leaves out some values of others that were taken from it before.
void BranchRefinement::note_narrowing(State& state, const Narrowing& narrowing) {
  note(state.narrowings, narrowing);
  if (!is_about_bits(narrowing)) return;
  std::array<ValueId, kFirstWide> left{};
  for (Reg reg = 0; reg < kFirstWide; ++reg) left[reg] = left_of_bits_in(reg, state.narrowings, state);
  std::ranges::copy(left, state.registers.begin());
  for (FrameSlot& slot : state.frame) slot.value = left_of_bits(values_, state.narrowings, slot.value);
}

/// `reg` was computed from the numbers that were compared, or from those that they were computed from: what is left of
/// it. kBottom: it was not.
ValueId BranchRefinement::computed_from(const News& news, Reg reg) {
  const Derivations::Derived* derived = derivations_.steps_to(reg);
  const Derivations::Origin* origin = derived != nullptr ? derivations_.origin(*derived) : nullptr;
  if (origin == nullptr) return kBottom;
  if (origin == news.origin) return derivations_.result_of(*derived, news.left_of_origin);
  const bool compared = news.side != News::kNoSide && (origin->registers & sides_[news.side].registers) != 0;
  return compared ? derivations_.result_of(*derived, news.becomes) : kBottom;
}

void BranchRefinement::refine(State& state, const News& news) {
  if (news.constraint) {
    auto& list = state.constraints;
    const auto at = std::lower_bound(list.begin(), list.end(), *news.constraint);
    if ((at == list.end() || *at != *news.constraint) && list.size() < policy::kMostConstraints)
      list.insert(at, *news.constraint);
  }
  if (news.narrowing) note_narrowing(state, *news.narrowing);
  if (news.narrowed != kBottom && !state.narrowings.empty()) doubt_chosen(values_, state, news.narrowed);
  for (Reg reg = 0; reg < kFirstWide && derivations_.any(); ++reg) {
    if (const ValueId left = computed_from(news, reg); left != kBottom) state.registers[reg] = left;
  }
  if (news.origin != nullptr) {
    Side origin;
    origin.value = news.origin->value;
    origin.registers = news.origin->registers;
    origin.slot = news.origin->slot;
    origin.slot_width = news.origin->slot_width;
    replace(state, origin, news.left_of_origin);
  }
  if (news.side == News::kNoSide) return;
  const Side& side = sides_[news.side];
  replace(state, side, news.becomes);
  if (side.stepped == kNoReg) return;
  const ValueId step = values_.constant(static_cast<std::uint64_t>(side.step));
  state.registers[side.stepped] = values_.resize(values_.alu(Alu::add, width_, 0, news.becomes, step), width_, false);
}

/// Does the last comparison tell anything of the register?
bool BranchRefinement::is_about(Reg reg, const State& state) const {
  if (reg >= kFirstWide) return false;
  return derivations_.any() || std::ranges::any_of(sides_, [&](const Side& side) {
    return ((side.registers >> reg) & 1) != 0 || side.stepped == reg || side.value == state.registers[reg];
  });
}

ValueId BranchRefinement::held_where(const News& news, Reg reg, const State& state) {
  if (const ValueId left = computed_from(news, reg); left != kBottom) return left;
  if (news.origin != nullptr && ((news.origin->registers >> reg) & 1) != 0) return news.left_of_origin;
  const ValueId value = state.registers[reg];
  if (is_about_bits(news.narrowing)) {
    Narrowings known = state.narrowings;
    note(known, *news.narrowing);
    if (const ValueId left = left_of_bits_in(reg, known, state); left != value) return left;
  }
  if (news.side == News::kNoSide) return value;
  const Side& side = sides_[news.side];
  const Atom* atom = values_.only(side.value);
  const bool argument = atom != nullptr && atom->kind == AtomKind::initial && value == side.value;
  if (argument || ((side.registers >> reg) & 1) != 0) return news.becomes;
  if (side.stepped != reg) return value;
  const ValueId step = values_.constant(static_cast<std::uint64_t>(side.step));
  return values_.resize(values_.alu(Alu::add, width_, 0, news.becomes, step), width_, false);
}

ValueId BranchRefinement::selected(const Op& select, const State& state) {
  const ValueId a = state.registers[select.a], b = state.registers[select.b];
  const std::optional<bool> second = decides(select.condition, select.signed_condition);
  if (second) return *second ? b : a;
  if (!known_ || select.condition == Condition::other || a == b) return values_.join(a, b);
  Instruction branch;
  branch.condition = select.condition;
  branch.signed_condition = select.signed_condition;
  if (impossible(branch, false, state)) return b;
  if (impossible(branch, true, state)) return a;
  const Atom* compared = values_.only(sides_[0].value);
  const bool bits = compared != nullptr && compared->masked();
  if (!bits && !is_about(select.a, state) && !is_about(select.b, state)) return values_.join(a, b);
  const News if_not = look(branch, false, false, state), if_so = look(branch, true, false, state);
  return values_.join(held_where(if_not, select.a, state), held_where(if_so, select.b, state));
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

std::uint16_t BranchRefinement::rounds(const State& head, const Instruction& branch, bool taken) const {
  for (unsigned side = 0; side < sides_.size(); ++side) {
    const std::optional<Bound> bound = bound_of(side, branch, taken, true);
    if (!bound) continue;
    const Atom* at_end = values_.only(sides_[side].value);
    if (at_end == nullptr) {
      if (const std::uint16_t rounds = rounds_of_second(head, side, *bound); rounds != 0) return rounds;
      continue;
    }
    const auto of_head = [&](ValueId value) {
      const Atom* at_head = values_.only(value);
      return at_head != nullptr ? rounds_of(*at_head, *at_end, *bound) : std::uint16_t{0};
    };
    for (Reg reg = 0; reg < 32; ++reg) {
      if (((sides_[side].registers >> reg) & 1) == 0) continue;
      if (const std::uint16_t rounds = of_head(head.registers[reg]); rounds != 0) return rounds;
    }
    if (sides_[side].stepped != kNoReg) {
      const Atom* at_head = values_.only(head.registers[sides_[side].stepped]);
      Atom next = *at_end;
      next.a = static_cast<std::uint64_t>(counted(next) + sides_[side].step);
      Bound later = *bound;
      later.limit += static_cast<std::uint64_t>(sides_[side].step);
      if (const std::uint16_t rounds = at_head != nullptr ? rounds_of(*at_head, next, later) : 0; rounds != 0)
        return rounds;
    }
    if (sides_[side].slot_width == 0) continue;
    const ValueId slot = frame_load(head, sides_[side].slot, sides_[side].slot_width, values_, abi_);
    if (const std::uint16_t rounds = of_head(slot); rounds != 0) return rounds;
  }
  return 0;
}

/// Each of a few numbers made the same step: how often a loop is entered at most. 0 when that is not known.
std::uint16_t BranchRefinement::most_rounds(std::span<const Atom> at_head, std::span<const Atom> at_end,
                                            const Bound& bound) {
  const auto numbers = [](std::span<const Atom> atoms) { return std::ranges::all_of(atoms, &Atom::is_constant); };
  if (at_head.size() < 2 || at_head.size() != at_end.size() || !numbers(at_head) || !numbers(at_end)) return 0;
  std::uint16_t most = 0;
  const std::int64_t step = counted(at_end[0]) - counted(at_head[0]);
  for (std::size_t i = 0; i < at_head.size(); ++i) {
    const bool same = counted(at_end[i]) - counted(at_head[i]) == step;
    const std::uint16_t rounds = same ? rounds_of(at_head[i], at_end[i], bound) : std::uint16_t{0};
    // What does not go around once more ends here.
    if (rounds == 0 && (!same || bound.holds(at_end[i].a))) return 0;
    most = std::max(most, rounds);
  }
  return most;
}

/// The second time around: {c, c + d} became {c + d, c + 2d} (ValuePool::join_loop). Or a counter begins with one of a
/// few numbers: then the largest number of rounds counts.
std::uint16_t BranchRefinement::rounds_of_second(const State& head, unsigned side, const Bound& bound) const {
  const Side& compared = sides_[side];
  const auto at_end = values_.atoms(compared.value);
  for (Reg reg = 0; reg < kFirstWide; ++reg) {
    if (((compared.registers >> reg) & 1) == 0) continue;
    if (const std::uint16_t rounds = most_rounds(values_.atoms(head.registers[reg]), at_end, bound); rounds != 0)
      return rounds;
  }
  if (compared.stepped == kNoReg) return 0;
  boost::container::static_vector<Atom, ValuePool::kCap> stepped(at_end.begin(), at_end.end());
  for (Atom& atom : stepped) atom.a = static_cast<std::uint64_t>(counted(atom) + compared.step);
  Bound later = bound;
  later.limit += static_cast<std::uint64_t>(compared.step);
  return most_rounds(values_.atoms(head.registers[compared.stepped]), {stepped.data(), stepped.size()}, later);
}

void BranchRefinement::replace(State& state, const Side& side, ValueId becomes) const {
  const Atom* atom = values_.only(side.value);
  if (atom != nullptr && atom->kind == AtomKind::initial) {
    // An argument is the same wherever it stands; two unknown values need not be.
    const auto left_of = [&](ValueId value) {
      if (value == side.value) return becomes;
      const Atom* other = values_.only(value);
      if (other == nullptr || other->kind != AtomKind::initial || other->where != atom->where) return value;
      // The same with something else added to it.
      const auto more = static_cast<std::int64_t>(other->a - atom->a);
      Atom moved = *atom;
      moved.a = other->a;
      if (moved != *other || !values_.may_be_few(becomes)) return value;
      return values_.resize(values_.add(becomes, more), width_, false);
    };
    for (ValueId& reg : state.registers) reg = left_of(reg);
    for (FrameSlot& slot : state.frame) slot.value = left_of(slot.value);
    // Arguments on the stack have no slot of their own until something is known of them.
    if (side.slot_width != 0) frame_store(state, side.slot, side.slot_width, becomes, values_);
    return;
  }
  for (Reg reg = 0; reg < kFirstWide; ++reg) {
    if (((side.registers >> reg) & 1) != 0) state.registers[reg] = becomes;
  }
  if (side.slot_width != 0) frame_store(state, side.slot, side.slot_width, becomes, values_);
}

/// `argument`, plus what was added to it, is (or is not) that number: callers are asked about that.
Constraint BranchRefinement::constraint_on(const Atom& argument, const Bound& bound) const {
  const bool wide = width_ == 8;
  const std::uint64_t value = bound.limit - argument.a;
  return {argument.where, wide ? value : value & 0xFFFFFFFFU, bound.kind == Bound::Kind::equal,
          wide ? std::uint8_t{8} : std::uint8_t{4}};
}

}  // namespace scanner::trace

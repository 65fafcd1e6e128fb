// What a comparison leaves of what registers and frame slots hold (BranchRefinement::refine): of what was compared, of
// what was computed from it, of other bits of the same number; and what a selection between two registers leaves.
#include <algorithm>
#include <iterator>

#include "scanner/trace/interp/branch_refinement.hpp"

namespace scanner::trace {

/// What `reg` holds where `known` says something of bits of a number that it, or what it was computed from, has bits
/// of.
ValueId BranchRefinement::left_of_bits_in(Reg reg, const Narrowings& known, const State& state) {
  if (!derivations_.any() && !values_.may_be_few(state.registers[reg])) return state.registers[reg];
  const Derivations::Derived* derived = derivations_.steps_to(reg);
  if (derived == nullptr && !values_.may_be_few(state.registers[reg])) return state.registers[reg];
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
  for (FrameSlot& slot : state.frame) {
    if (values_.may_be_few(slot.value)) slot.value = left_of_bits(values_, state.narrowings, slot.value);
  }
}

/// `reg` was computed from the numbers that were compared, or from those that they were computed from: what is left of
/// it. kBottom: it was not.
ValueId BranchRefinement::computed_from(const News& news, Reg reg) {
  const Derivations::Derived* derived = derivations_.steps_to(reg);
  const Derivations::Origin* origin = derived != nullptr ? derivations_.origin(*derived) : nullptr;
  if (origin == nullptr) return kBottom;
  if (origin == news.origin) return derivations_.result_of(*derived, news.left_of_origin);
  if (news.side == News::kNoSide) return kBottom;
  const Side& side = sides_[news.side];
  const Atom* number = values_.only(side.value);
  // An argument is the same wherever it stands.
  const bool same = number != nullptr && number->kind == AtomKind::initial && origin->value == side.value;
  const bool compared = same || (origin->registers & side.registers) != 0;
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
  if (news.index != kBottom) doubt_index(state, news.index);
  if (news.result != kBottom) doubt_chosen(values_, state, news.result, kAssumesArgument);
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

std::optional<bool> BranchRefinement::Choice::decides(const Op& select) const {
  if (condition == Condition::other || sign != select.signed_condition) return std::nullopt;
  if (select.condition == condition) return second;
  return select.condition == opposite(condition) ? std::optional(!second) : std::nullopt;
}

/// Where ways are kept apart: what one side of the selection leaves. Nothing where both go on together.
std::optional<ValueId> BranchRefinement::chosen(const Op& select, const Instruction& branch, State& state) {
  constexpr unsigned kMost = 4;
  if (part_.name == 0) return std::nullopt;
  const unsigned number = selections_met_ - 1;
  std::optional<bool> second = choice_.decides(select);
  if (!second) {
    if (part_.met == kMost || number >= 32 || ((part_.parting >> number) & 1) == 0) return std::nullopt;
    second = ((part_.choices >> part_.met++) & 1) != 0;
    choice_ = {select.condition, select.signed_condition, *second, number};
  }
  if (known_) {
    const News news = look(branch, *second, false, state);
    if (news.any()) refine(state, news);
    if (news.side != News::kNoSide) {
      sides_[news.side].value = news.becomes;
      told_ = {};
    }
  }
  return state.registers[*second ? select.b : select.a];
}

void BranchRefinement::note_selection(const Op& select) {
  if (known_) std::ranges::copy(subjects(), std::back_inserter(selections_->subjects));
  if (choice_.decides(select)) selections_->twice |= 1U << choice_.number;
  if (choice_.condition == Condition::other && selections_met_ <= 32)
    choice_ = {select.condition, select.signed_condition, false, selections_met_ - 1};
}

ValueId BranchRefinement::selected(const Op& select, State& state) {
  const ValueId a = state.registers[select.a], b = state.registers[select.b];
  ++selections_met_;
  if (selections_ != nullptr) note_selection(select);
  if (part_.name != 0 && known_) name_tested(state);
  if (!apart_ || certain()) {
    if (const auto second = decides(select.condition, select.signed_condition)) return *second ? b : a;
  }
  const bool parts = part_.name != 0 && select.condition != Condition::other;
  if ((!known_ && !parts) || select.condition == Condition::other || a == b) return values_.join(a, b);
  Instruction branch;
  branch.condition = select.condition;
  branch.signed_condition = select.signed_condition;
  if (known_ && impossible(branch, false, state)) return b;
  if (known_ && impossible(branch, true, state)) return a;
  if (const auto left = chosen(select, branch, state)) return *left;
  if (!known_) return values_.join(a, b);
  const Atom* compared = values_.only(sides_[0].value);
  const bool bits = compared != nullptr && compared->masked();
  if (!bits && !is_about(select.a, state) && !is_about(select.b, state)) return values_.join(a, b);
  const News if_not = look(branch, false, false, state), if_so = look(branch, true, false, state);
  return values_.join(held_where(if_not, select.a, state), held_where(if_so, select.b, state));
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

}  // namespace scanner::trace

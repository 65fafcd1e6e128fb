#include "scanner/trace/interp/branch_refinement.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>

namespace scanner::trace {

void BranchRefinement::compare(const Op& op, const State& state) {
  compared_ = kBottom;
  registers_ = 0;
  slot_width_ = 0;
  if (op.a == kNoReg) return;
  std::uint64_t value = op.imm;
  if (op.b != kNoReg && !values_.is_constant(state.registers[op.b], value)) return;
  compared_ = state.registers[op.a];
  registers_ = std::uint64_t{1} << op.a;
  if (op.a == loaded_register_) {
    slot_ = loaded_slot_;
    slot_width_ = op.width;
  }
  width_ = op.width;
  compared_with_ = op.width == 4 ? value & 0xFFFFFFFFU : value;
  only_equality_ = op.unknown;
}

void BranchRefinement::refine(State& state, const Instruction& branch, bool taken) {
  if (branch.condition == Condition::equal || branch.condition == Condition::not_equal) {
    decide(state, taken == (branch.condition == Condition::equal));
    return;
  }
  if (only_equality_) return;
  // The largest value that goes this way, when the comparison bounds it from above.
  const bool below = branch.condition == Condition::below || branch.condition == Condition::below_equal;
  const bool or_equal =
      taken == (branch.condition == Condition::below_equal || branch.condition == Condition::above_equal);
  // A signed comparison lets negative numbers through: a negative index is taken for impossible.
  if (taken == below && (compared_with_ > 0 || or_equal))
    bound(state, or_equal ? compared_with_ : compared_with_ - 1, branch.signed_condition);
}

/// On this edge `compared_` is at most `most`: an unknown index becomes the few numbers it can be.
void BranchRefinement::bound(State& state, std::uint64_t most, bool assumed) {
  if (most >= policy::kMostIndices) return;
  // A number that is known already is not to be forgotten.
  if (std::ranges::any_of(values_.atoms(compared_), &Atom::is_constant)) return;
  ValueId becomes = kBottom;
  for (std::uint64_t i = 0; i <= most; ++i) becomes = values_.join(becomes, values_.constant(i));
  if (assumed) becomes = values_.with_flags(becomes, kAssumesTable);
  replace(state, becomes);
}

void BranchRefinement::replace(State& state, ValueId becomes) {
  const Atom* atom = values_.only(compared_);
  if (atom != nullptr && atom->kind == AtomKind::initial) {
    // An argument is the same wherever it stands; two unknown values need not be.
    for (ValueId& reg : state.registers) reg = reg == compared_ ? becomes : reg;
    for (FrameSlot& slot : state.frame) slot.value = slot.value == compared_ ? becomes : slot.value;
    return;
  }
  for (Reg reg = 0; reg < kFirstWide; ++reg) {
    if (((registers_ >> reg) & 1) != 0) state.registers[reg] = becomes;
  }
  if (slot_width_ != 0) frame_store(state, slot_, slot_width_, becomes, values_);
}

/// `compared_` without `compared_with_`, unless nothing else is left.
ValueId BranchRefinement::without_compared() {
  boost::container::static_vector<Atom, ValuePool::kCap> rest;
  const auto atoms = values_.atoms(compared_);
  for (const Atom& atom : atoms) {
    if (!atom.is_constant() || atom.a != compared_with_) rest.push_back(atom);
  }
  if (rest.size() == atoms.size() || rest.empty()) return compared_;
  return values_.make({rest.data(), rest.size()}, values_.flags(compared_));
}

/// `argument`, plus what was added to it, is (or is not) `compared_with_`: callers are asked about that.
void BranchRefinement::constrain(State& state, const Atom& argument, bool equal) {
  const bool wide = width_ == 8;
  const std::uint64_t value = compared_with_ - argument.a;
  const Constraint constraint{argument.where, wide ? value : value & 0xFFFFFFFFU, equal,
                              wide ? std::uint8_t{8} : std::uint8_t{4}};
  auto& list = state.constraints;
  const auto at = std::lower_bound(list.begin(), list.end(), constraint);
  if ((at == list.end() || *at != constraint) && list.size() < policy::kMostConstraints) list.insert(at, constraint);
}

/// After this edge `compared_` is (or is not) `compared_with_`.
void BranchRefinement::decide(State& state, bool equal) {
  const ValueId becomes = equal ? values_.constant(compared_with_) : without_compared();
  if (const Atom* argument = values_.only(compared_); argument != nullptr && argument->is_pointer_argument())
    constrain(state, *argument, equal);
  if (becomes != compared_) replace(state, becomes);
}

}  // namespace scanner::trace

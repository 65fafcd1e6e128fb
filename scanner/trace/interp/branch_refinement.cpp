#include "scanner/trace/interp/branch_refinement.hpp"

#include <algorithm>
#include <vector>

namespace scanner::trace {

void Comparison::compare(const Op& op, const State& state) {
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

void Comparison::refine(State& state, const Instruction& branch, bool taken) {
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
void Comparison::bound(State& state, std::uint64_t most, bool assumed) {
  if (most >= ValuePool::kCap) return;
  ValueId becomes = kBottom;
  for (std::uint64_t i = 0; i <= most; ++i) becomes = values_.join(becomes, values_.constant(i));
  if (assumed) becomes = values_.with_flags(becomes, kAssumesTable);
  for (const Atom& atom : values_.atoms(compared_)) {
    // A number that is known already is not to be forgotten.
    if (atom.kind == AtomKind::constant) return;
  }
  replace(state, becomes);
}

void Comparison::replace(State& state, ValueId becomes) {
  const Atom* atom = values_.only(compared_);
  if (atom != nullptr && atom->kind == AtomKind::initial) {
    // An argument is the same wherever it stands; two unknown values need not be.
    for (ValueId& reg : state.registers) reg = reg == compared_ ? becomes : reg;
    for (FrameSlot& slot : state.frame) slot.value = slot.value == compared_ ? becomes : slot.value;
    return;
  }
  for (Reg reg = 0; reg < kRegCount; ++reg) {
    if (((registers_ >> reg) & 1) != 0) state.registers[reg] = becomes;
  }
  if (slot_width_ != 0) frame_store(state, slot_, slot_width_, becomes, values_);
}

/// After this edge `compared_` is (or is not) `compared_with_`.
void Comparison::decide(State& state, bool equal) {
  const std::vector<Atom> atoms(values_.atoms(compared_).begin(), values_.atoms(compared_).end());
  const bool argument = atoms.size() == 1 && atoms[0].kind == AtomKind::initial && atoms[0].and_mask == 0xFFFFFFFFU &&
                        atoms[0].or_mask == 0 && values_.flags(compared_) == 0;
  ValueId becomes = compared_;
  if (equal) {
    becomes = values_.constant(compared_with_);
  } else {
    std::vector<Atom> rest;
    for (const Atom& atom : atoms) {
      if (atom.kind != AtomKind::constant || atom.a != compared_with_) rest.push_back(atom);
    }
    if (rest.size() != atoms.size() && !rest.empty()) becomes = values_.make(rest, values_.flags(compared_));
  }
  if (argument) {
    constexpr std::size_t kMostConstraints = 6;
    const std::uint64_t value = compared_with_ - atoms[0].a;
    const bool wide = width_ == 8;
    const Constraint constraint{atoms[0].where, wide ? value : value & 0xFFFFFFFFU, equal,
                                wide ? std::uint8_t{8} : std::uint8_t{4}};
    auto& list = state.constraints;
    const auto at = std::lower_bound(list.begin(), list.end(), constraint);
    if ((at == list.end() || *at != constraint) && list.size() < kMostConstraints) list.insert(at, constraint);
  }
  if (becomes == compared_) return;
  replace(state, becomes);
}

}  // namespace scanner::trace

// What a conditional branch tells about the value that was compared before it: on one way it is a certain number, on
// the other it is not, or it is bounded. Only the last comparison of a block counts, and it is known which registers
// and which frame slot hold what it looked at, so that all of them can be refined together.
#pragma once

#include <cstdint>

#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

class BranchRefinement {
 public:
  explicit BranchRefinement(ValuePool& values) : values_(values) {}

  /// A new block begins: nothing was compared yet.
  void forget() { compared_ = kBottom; }
  /// Before every operation: what it overwrites no longer holds the value that was compared.
  void note_writes(const Op& op) {
    if (op.dst < kFirstWide) {
      // A copy of what was compared is refined with it; anything else that is written no longer is it.
      const bool copies = op.kind == OpKind::copy && op.a < kFirstWide && ((registers_ >> op.a) & 1) != 0;
      const std::uint64_t bit = std::uint64_t{1} << op.dst;
      registers_ = copies ? registers_ | bit : registers_ & ~bit;
      if (op.dst == loaded_register_) loaded_register_ = kNoReg;
    }
    if (op.kind == OpKind::store || op.kind == OpKind::repeat || op.kind == OpKind::call) {
      loaded_register_ = kNoReg;
      slot_width_ = 0;
    }
  }
  /// `reg` now holds what stands at offset `slot` of the frame.
  void note_load(Reg reg, std::int64_t slot) {
    loaded_register_ = reg;
    loaded_slot_ = slot;
  }
  /// The operation compares (OpKind::compare).
  void compare(const Op& op, const State& state);

  /// Was a value compared with a number since the block began?
  [[nodiscard]] bool known() const { return compared_ != kBottom; }
  /// Only when known(): what holds in `state` where `branch`, which has a condition, is taken or not.
  void refine(State& state, const Instruction& branch, bool taken);

 private:
  void decide(State& state, bool equal);
  [[nodiscard]] ValueId without_compared();
  void constrain(State& state, const Atom& argument, bool equal);
  void bound(State& state, std::uint64_t most, bool assumed);
  void replace(State& state, ValueId becomes);

  ValuePool& values_;
  ValueId compared_ = kBottom;
  std::uint64_t compared_with_ = 0;
  bool only_equality_ = false;   // the flags are those of arithmetic: which way the carry went is not known
  std::uint32_t width_ = 0;      // of the comparison, in bytes
  std::uint64_t registers_ = 0;  // bit n: register n still holds what was compared
  std::int64_t slot_ = 0, loaded_slot_ = 0;
  std::uint32_t slot_width_ = 0;  // of what was compared, in bytes; 0: it stands in no frame slot
  Reg loaded_register_ = kNoReg;  // what was last loaded from `loaded_slot_`
};

}  // namespace scanner::trace

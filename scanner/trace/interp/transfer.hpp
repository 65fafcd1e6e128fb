// The transfer function: the state behind an operation from the state before it. What is known about the stack pointer,
// memory, calls and comparisons is theirs (stack_pointer.hpp, memory.hpp, calls.hpp, branch_refinement.hpp).
#pragma once

#include <bitset>

#include "pe/image.hpp"
#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/interp/branch_refinement.hpp"
#include "scanner/trace/interp/calls.hpp"
#include "scanner/trace/interp/linear_forms.hpp"
#include "scanner/trace/interp/recorder.hpp"
#include "scanner/trace/interp/stack_pointer.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// What one interpretation of a function refers to. All of it outlives the interpretation.
struct Context {
  const pe::Image& image;
  const ImportTable& imports;
  const LiftedFunction& function;
  ValuePool& values;
  const Abi& abi;
  Budget& budget;
  const CalleeKnowledge& knowledge;
  StackDepths& depths;
};

class Transfer {
 public:
  Transfer(const Context& context, Recorder& recorder);

  /// Before the first operation of `block`, which is entered in `state` and begins a loop perhaps.
  void enter(const Block& block, const State& state, bool begins_loop) {
    current_ = &block;
    comparison_.forget(begins_loop);
    if (block.compared != Block::kNothing) comparison_.compare(context_.function.ops[block.compared], state);
    forms_.forget();
    upper_halves_ = {};
  }
  void step(const Op& op, State& state);
  /// All operations of `instruction`.
  void run(const Instruction& instruction, State& state) {
    const Op* op = context_.function.ops.data() + instruction.first_op;
    for (unsigned i = 0; i < instruction.op_count; ++i) step(op[i], state);
  }
  /// May the operation raise an exception? Calls, and accesses outside the frame and the image.
  [[nodiscard]] bool may_raise(const Op& op, const State& state);
  /// Is there anything that leave() would do at the end of `block`?
  [[nodiscard]] bool may_leave(const Block& block) const;
  /// The end of `block` is reached in `state`, that of the fixed point: does it leave the function by a jump or by
  /// falling out of it?
  void leave(const Block& block, State& state);

  BranchRefinement& comparison() { return comparison_; }
  StackPointer& stack() { return stack_; }
  Calls& calls() { return calls_; }

 private:
  void load(const Op& op, State& state);
  void alu(const Op& op, State& state);
  /// Registers of 8 bytes of which the block cleared the upper half, up to one of its operations.
  class UpperHalves {
   public:
    void follow(const LiftedFunction& function, const Block& block, const Op& until);
    [[nodiscard]] bool clear(Reg reg) const { return clear_[reg]; }

   private:
    void note(const Op& op);

    std::bitset<kRegCount> clear_;
    std::uint32_t next_ = 0;  // instruction of the block, and operation of that
    unsigned op_ = 0;
  };

  [[nodiscard]] bool asks_upper_half(const Op& op, ValueId left, ValueId right) const;
  void lea(const Op& op, State& state);
  void call(const Op& op, State& state);
  bool call_helper(const Call& site, const Op& op, State& state);
  void run_inlined(const CalleeStack& callee, const Op& op, State& state);
  void fall_out(const Block& block, const Instruction& last);
  void tail_call(State& state, std::uint32_t rva, std::uint32_t target, ValueId pointer);

  Context context_;
  ValuePool& values_;
  const Abi& abi_;
  Recorder& recorder_;
  Memory memory_;
  StackPointer stack_;
  Calls calls_;
  BranchRefinement comparison_;  // the last one of the block being interpreted
  LinearForms forms_;
  UpperHalves upper_halves_;        // likewise
  const Block* current_ = nullptr;  // being interpreted
};

}  // namespace scanner::trace

// What exception handlers of a function find: the unwinder restores registers, and before it does, filters and
// __finally code have run, which are functions of their own but get the frame of the one that they belong to.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <vector>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/interp/callee_effects.hpp"
#include "scanner/trace/interp/function_summary.hpp"
#include "scanner/trace/interp/stack_pointer.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

class Handlers {
 public:
  Handlers(const LiftedFunction& function, ValuePool& values, const Abi& abi, const CalleeKnowledge& knowledge,
           StackPointer& stack, CalleeEffects& callee_effects);

  /// Some funclet was not looked at, because too many hang on each other.
  [[nodiscard]] bool too_deep() const { return too_deep_; }
  /// `state`, in which an exception is raised, becomes what block `handler` begins with.
  void enter(State& state, std::uint32_t handler);
  /// `state` without the registers that no handler finds.
  [[nodiscard]] State before_handler(State state) const;
  /// Would every handler find the same, if an exception were raised in `b` instead of `a`?
  [[nodiscard]] bool find_the_same(const State& a, const State& b) const;

 private:
  void forget_registers(State& state) const;
  [[nodiscard]] bool finds(Reg reg) const {
    return abi_.unwinder_restores ? abi_.preserved(reg) || reg == abi_.stack_pointer : reg == abi_.frame_pointer;
  }

  const LiftedFunction& function_;
  ValuePool& values_;
  const Abi& abi_;
  StackPointer& stack_;
  CalleeEffects& effects_;
  boost::container::static_vector<Reg, kRegCount> found_;  // registers that handlers find as the raising code left them
  std::vector<const ArgumentEffects*> funclets_;           // those that write to the frame
  bool too_deep_ = false;
};

}  // namespace scanner::trace

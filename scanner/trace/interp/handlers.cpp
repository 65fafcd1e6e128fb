#include "scanner/trace/interp/handlers.hpp"

#include <algorithm>
#include <utility>

namespace scanner::trace {

Handlers::Handlers(const LiftedFunction& function, ValuePool& values, const Abi& abi, const CalleeKnowledge& knowledge,
                   StackPointer& stack, CalleeEffects& callee_effects)
    : function_(function), values_(values), abi_(abi), stack_(stack), effects_(callee_effects) {
  const auto guarded = [](const Block& block) { return !block.exception_successors.empty(); };
  const bool any = std::ranges::any_of(function.blocks, guarded);
  for (Reg reg = 0; any && reg < kRegCount; ++reg) {
    if (finds(reg)) found_.push_back(reg);
  }
  if (!knowledge.funclet) return;
  for (const std::uint32_t rva : function.funclets) {
    const ArgumentEffects& effects = knowledge.funclet(rva);
    too_deep_ = too_deep_ || effects.too_deep;
    if (too_deep_) return;
    if (effects_.writes_frame(effects)) funclets_.push_back(&effects);
  }
}

void Handlers::enter(State& state, std::uint32_t handler) {
  if (!abi_.unwinder_restores) {
    stack_.enter_handler(state, function_.blocks[handler].rva);
    return;
  }
  // The unwinder restores what callees preserve and the stack pointer; the rest is what the raising code left there.
  forget_registers(state);
  // Which funclet runs before which handler is not told apart.
  for (const ArgumentEffects* funclet : funclets_) effects_.run_funclet(*funclet, state);
}

State Handlers::before_handler(State state) const {
  forget_registers(state);
  return state;
}

/// Those that no handler finds.
void Handlers::forget_registers(State& state) const {
  const ValueId unset = values_.unknown(kTopUnset);
  const auto before = state.registers;
  state.registers.fill(unset);
  for (const Reg reg : found_) state.registers[reg] = before[reg];
}

bool Handlers::find_the_same(const State& a, const State& b) const {
  for (const Reg reg : found_) {
    if (a.registers[reg] != b.registers[reg]) return false;
  }
  return a.frame == b.frame && a.escaped == b.escaped && a.fields == b.fields &&
         a.escaped_arguments == b.escaped_arguments && a.constraints == b.constraints && a.narrowings == b.narrowings;
}

}  // namespace scanner::trace

// What a callee leaves behind pointers that it got: locals of the caller, and fields behind the caller's own arguments.
// Its summary says so in terms of its entry; here it is put in terms of the caller.
#pragma once

#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/interp/call_site.hpp"
#include "scanner/trace/interp/function_summary.hpp"
#include "scanner/trace/interp/stack_pointer.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

class CalleeEffects {
 public:
  CalleeEffects(ValuePool& values, const Abi& abi, Memory& memory, StackPointer& stack, Budget& budget)
      : values_(values), abi_(abi), memory_(memory), stack_(stack), budget_(budget) {}

  /// `call` is the call before it was made, `state` the one behind it.
  void apply(const CallView& call, const ArgumentEffects& effects, State& state);
  /// Could what this filter or __finally code does to the frame of its function matter?
  [[nodiscard]] bool writes_frame(const ArgumentEffects& funclet) const;
  /// The funclet ran, or it did not.
  void run_funclet(const ArgumentEffects& funclet, State& state);

 private:
  ValueId stored_by_callee(const CallView& call, const ArgumentEffects& effects, ValueId stored, unsigned width);
  ValueId read_by_callee(const CallView& call, const ArgumentEffects& effects, const Atom& field);
  bool may_overwrite(const CallView& call, const ArgumentEffects& effects, const Atom& field, ValueId address);
  ValueId left_by_callee(const CallView& call, const ArgumentEffects& effects, const ArgumentStore& store, ValueId old);

  ValuePool& values_;
  const Abi& abi_;
  Memory& memory_;
  StackPointer& stack_;
  Budget& budget_;
};

}  // namespace scanner::trace

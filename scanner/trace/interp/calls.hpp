// Where a call goes, and what it leaves of the caller's registers and frame: what the convention says, unless the
// callee is known to do less (registers it spares) or more (locals it fills in, strings it builds).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/isa/abi.hpp"
#include "scanner/trace/interp/interpreter.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/interp/stack_pointer.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

class Calls {
 public:
  Calls(const pe::Image& image, const ImportTable& imports, ValuePool& values, const Abi& abi,
        const CalleeKnowledge& knowledge, Memory& memory, StackPointer& stack, Budget& budget)
      : image_(image),
        imports_(imports),
        values_(values),
        abi_(abi),
        knowledge_(knowledge),
        memory_(memory),
        stack_(stack),
        budget_(budget) {}

  /// Fills in where a call through a pointer goes; returns false when the "call" is a helper that keeps everything.
  bool resolve(CallSite& site, const State& state);
  /// Turns the state before the call `op` of `block`, resolved as `site`, into the one behind it.
  void return_from(const CallSite& site, const Op& op, const Block& block, State& state);
  /// The callee gets pointers that are arguments of this function: unless it is known what it does with them, others
  /// may write there from now on. Imports are trusted to leave alone what they are not made to write.
  void escape_arguments_passed(const CallSite& site, State& state);
  /// Could what this filter or __finally code does to the frame of its function matter?
  [[nodiscard]] bool writes_frame(const ArgumentEffects& funclet) const;
  /// It ran, or it did not.
  void run_funclet(const ArgumentEffects& funclet, State& state);

 private:
  [[nodiscard]] Helper helper_of(int import) const;
  void fill_in_locals(const CallSite& site, const ArgumentEffects& effects, const State& before, State& state);
  ValueId stored_by_callee(const CallSite& view, ValueId stored, unsigned width);
  ValueId left_by_callee(const CallSite& view, const ArgumentEffects& effects, const ArgumentStore& store, ValueId old);
  ValueId argument_of(const CallSite& site, const State& state, unsigned index);
  void init_string(const CallSite& site, State& state);
  ValueId find_routine(const CallSite& site, const State& state);
  [[nodiscard]] bool used(std::uint32_t rva, std::uint32_t bytes) const;
  std::optional<std::int64_t> stack_bytes_of(const CallSite& site);
  void escape_locals_passed(const CallSite& site, State& state);

  const pe::Image& image_;
  const ImportTable& imports_;
  ValuePool& values_;
  const Abi& abi_;
  const CalleeKnowledge& knowledge_;
  Memory& memory_;
  StackPointer& stack_;
  Budget& budget_;
  const std::vector<Location> carriers_ = carriers_of(abi_);
  State before_;  // scratch: assigning keeps its memory
};

}  // namespace scanner::trace

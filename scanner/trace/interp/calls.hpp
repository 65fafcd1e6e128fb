// Where a call goes, and what it leaves of the caller's registers and frame: what the convention says, unless the
// callee is known to do less (registers it spares) or more (locals it fills in, strings it builds).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/interp/callee_effects.hpp"
#include "scanner/trace/interp/function_summary.hpp"
#include "scanner/trace/interp/known_routines.hpp"
#include "scanner/trace/interp/stack_pointer.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

class Calls {
 public:
  Calls(const pe::Image& image, const ImportTable& imports, ValuePool& values, const Abi& abi,
        const CalleeKnowledge& knowledge, Memory& memory, StackPointer& stack, Budget& budget);

  /// Fills in where a call through a pointer goes; returns false when the "call" is a helper that keeps everything.
  bool resolve(Call& site, const State& state);
  /// Turns the state before the call `op` of `block`, resolved as `site`, into the one behind it. Stores that a known
  /// routine makes are added to `log` unless it is null.
  void return_from(const Call& site, const Op& op, const Block& block, State& state, StoreLog* log);
  /// The callee gets pointers that are arguments of this function: they escape, unless it is known what the callee does
  /// with them. Imports are trusted to write no more than what begins where an argument points to.
  void escape_arguments_passed(const Call& site, State& state);

  /// Does what it returns have a name (AtomKind::returned)? The call is resolved.
  [[nodiscard]] bool has_local_result(const Call& site) const;

  CalleeEffects& effects() { return effects_; }

 private:
  [[nodiscard]] KnownRoutine routine_of(int import) const;
  [[nodiscard]] Callee callee_at(ValueId pointer) const;
  void clobber_registers(const Call& site, State& state);
  void note_filled(ValueId result, State& state) const;
  [[nodiscard]] bool may_pass(const Call& site, std::size_t number, const Atom& atom) const;
  void doubt_fields_passed(const Call& site, State& state);
  [[nodiscard]] bool may_write_globals(const Call& site, const State& state) const;
  void doubt_field(State& state, Location pointer, std::int64_t offset);
  void taint_exposed(const Call& site, State& state);
  [[nodiscard]] bool exposed(const State& state, const FrameSlot& slot, const Call& site) const;
  std::optional<std::int64_t> stack_bytes_of(const Call& site);
  void escape_locals_passed(const Call& site, State& state);
  ValueId passed_on_stack(const State& state, std::int64_t offset, std::vector<FrameSlot>::const_iterator& slot);

  const ImportTable& imports_;
  ValuePool& values_;
  const Abi& abi_;
  const CalleeKnowledge& knowledge_;
  Memory& memory_;
  StackPointer& stack_;
  Budget& budget_;
  CalleeEffects effects_;
  KnownRoutines routines_;
  State before_;  // scratch: assigning keeps its memory
};

}  // namespace scanner::trace

// Where the stack pointer stands while a function is followed. Trivial where callers clean up behind calls; on x86,
// where callees take their arguments off the stack, it is settled behind every call, computation and join, and checked
// against what returns, joins and restored registers tell. What was learned is kept in StackDepths, for the next round.
// Depths are signed offsets in bytes from the stack pointer at entry.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/interp/function_summary.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/ir/stack_depth.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

class StackPointer {
 public:
  StackPointer(const LiftedFunction& function, const ImportTable& imports, ValuePool& values, const Abi& abi,
               const CalleeKnowledge& knowledge, StackDepths& depths)
      : function_(function), imports_(imports), values_(values), abi_(abi), knowledge_(knowledge), depths_(depths) {}

  /// False, and `depth` as it was, when the stack pointer holds anything but one place in the frame.
  [[nodiscard]] bool depth_in(const State& state, std::int64_t& depth) const;
  [[nodiscard]] bool at_entry_depth(const State& state) const;
  /// Does the frame pointer point into this frame? Where the unwinder restores registers, it does not matter.
  [[nodiscard]] bool has_frame(const State& state) const;

  // The rest is for x86 only (Abi::callee_removes).

  /// What lies below the stack pointer is gone; older regions cannot be reached from a new one.
  void set_depth(State& state, std::int64_t depth);
  /// Behind an operation that wrote the stack pointer.
  void settle(const Op& op, State& state);
  /// Behind the call `op` in `block`, from what the callee takes off.
  void settle_call(const Call& site, const Op& op, const Block& block, State& state);
  /// _chkstk: eax bytes more of frame.
  void probe(const Op& op, State& state);
  /// Where the unwinder enters the function, at `rva`, with nothing but the frame pointer as it was.
  void enter_handler(State& state, std::uint32_t rva);
  /// Before two ways to the block at `rva` are joined, gives `into` the depth behind that: the known one, else that of
  /// the block's own region. False when they agree or are no depths.
  bool join(State& into, const State& from, std::uint32_t rva);

  /// The end of a block and the beginning of one that follows it must agree on the depth, or one tells the other's.
  void check_edge(ValueId before, ValueId behind);
  /// At a return, the stack pointer is where it was at entry.
  void check_return(const State& state);
  /// An offset in a region, and the depth that it really is.
  using Restored = std::pair<std::int64_t, std::int64_t>;
  /// Before every operation: a `pop` of a preserved register must find it where it was saved.
  std::optional<Restored> check_restored(const Op& op, const State& state) {
    return restored_from_ != 0 ? deduce_from_restored(op, state) : std::nullopt;
  }
  void believe(const Restored& restored) { depths_.deduce(restored.first, restored.second); }
  /// Behind a load by means of the stack pointer, which gave `value`; check_restored() wants to know.
  void note_popped(const Op& op, const State& state, ValueId value);

 private:
  std::optional<Restored> deduce_from_restored(const Op& op, const State& state);
  [[nodiscard]] bool depth_of(ValueId stack_pointer, std::int64_t& depth) const;
  [[nodiscard]] bool caller_cleans_behind(std::uint32_t rva, const Block& block) const;

  const LiftedFunction& function_;
  const ImportTable& imports_;
  ValuePool& values_;
  const Abi& abi_;
  const CalleeKnowledge& knowledge_;
  StackDepths& depths_;
  std::int64_t restored_from_ = 0;  // unknown depth that was just popped from, 0 when none
};

}  // namespace scanner::trace

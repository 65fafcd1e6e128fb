// Collects the summary of a function while the interpreter goes over its blocks. What a block does is noted at every
// visit and kept from the last one, whose state is that of the fixed point: nothing is interpreted once more.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/interp/effort.hpp"
#include "scanner/trace/interp/function_summary.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// What the last visit of one block showed.
struct BlockLog : StoreLog {
  std::vector<CallSite> calls;  ///< the first `call_count` of them; others are memory for the next visit
  std::size_t call_count = 0;
  std::vector<std::uint32_t> ends;                            ///< see FunctionSummary
  std::vector<EscapedArgument> escaped;                       ///< behind the last operation, if it `lets_escape`
  std::vector<std::pair<std::int64_t, std::int64_t>> depths;  ///< x86: StackPointer::Restored of each `pop`
  std::unique_ptr<State> at_return;                           ///< null: it does not return
  std::unique_ptr<State> at_end;                              ///< null: Recorder::end_block() was not asked to keep it
  ValueId stack_pointer = kBottom;                            ///< behind the last operation
  std::uint64_t bytes = 0;                                    ///< of all that
  bool returns = false;                                       ///< `at_return` is of the last visit
  bool lets_escape = false;                                   ///< more than before it; unless `at_end` is kept
};

class Recorder {
 public:
  Recorder(const LiftedFunction& function, const ImportTable& imports, ValuePool& values, Effort& effort)
      : function_(function), imports_(imports), values_(values), effort_(effort), logs_(function.blocks.size()) {}

  // --- when ----------------------------------------------------------------------------------------------------------

  /// The next operations are those of block `number`, to which a path from the entry was found, or was not. What was
  /// noted of it before is forgotten.
  void begin_block(std::uint32_t number, bool reached);
  /// Behind that block's operations. `keep`: the state is asked for later. `escaped`: what had before them.
  void end_block(const State& state, Reg stack_pointer, bool keep, const std::vector<EscapedArgument>& escaped);
  /// From now on the call at `rva` is recorded as one of several paths into it; 0: no longer.
  void follow_path_to(std::uint32_t rva) { path_to_ = rva; }

  [[nodiscard]] bool recording() const { return log_ != nullptr; }
  [[nodiscard]] bool reached() const { return reached_; }

  // --- what ----------------------------------------------------------------------------------------------------------

  /// Where stores go, or null.
  StoreLog* stores() { return reached_ ? log_ : nullptr; }
  void call(const Call& call, const State& state);
  /// The function returns in `state`.
  void note_return(const State& state);
  /// x86, see StackPointer::check_restored().
  void note_depth(std::int64_t offset, std::int64_t depth) { log_->depths.emplace_back(offset, depth); }
  /// A pointer that walks through data is compared with where the data end, or an argument with anything.
  void compare(const Op& op, const State& state);
  /// Something depends on `value`, which may hold arguments.
  void depend_on(ValueId value);

  // --- the summary, when no state changes any more -------------------------------------------------------------------

  [[nodiscard]] BlockLog& log_of(std::uint32_t number) { return logs_[number]; }
  /// Adds what was noted of the block, which some path reaches or none does.
  /// `led_to`: not only jumps whose targets are not known lead to it.
  void take_block(std::uint32_t number, bool led_to);
  void add_call(const Call& call, const State& state);
  void add_escaped(const std::vector<EscapedArgument>& escaped) {
    escape_arguments(summary_.escaped_arguments, escaped);
  }
  /// The function returns `value`, and `second` in Abi::second_result.
  void returns(ValueId value, ValueId second) {
    summary_.returns = values_.join(summary_.returns, value);
    summary_.returns_second = values_.join(summary_.returns_second, second);
  }
  /// What callers find behind the pointers that they passed, when the function is left in `state`.
  void leave(const State& state);
  void extend(std::uint32_t rva) { summary_.extensions.push_back(rva); }
  void orphan(std::uint32_t rva, bool may_be_function) { summary_.orphans.push_back({rva, may_be_function}); }

  [[nodiscard]] std::size_t calls() const { return summary_.calls.size(); }
  [[nodiscard]] std::vector<CallSite>& paths() { return summary_.ways; }
  FunctionSummary take();

 private:
  bool on_path(const Call& call, const State& state);
  [[nodiscard]] bool uninteresting(const Call& call) const;

  const LiftedFunction& function_;
  const ImportTable& imports_;
  ValuePool& values_;
  Effort& effort_;
  FunctionSummary summary_;
  std::vector<BlockLog> logs_;
  BlockLog* log_ = nullptr;  // of the block being interpreted; null: nothing is recorded
  std::uint64_t bytes_ = 0;  // of all logs
  State left_;               // at the returns seen so far, the fields
  bool returns_ = false;
  bool led_to_ = true;  // the block that was taken last
  bool reached_ = true;
  std::uint32_t path_to_ = 0;
};

}  // namespace scanner::trace

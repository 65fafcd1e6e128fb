// Collects the summary of a function while the interpreter goes over its blocks once more with what it found out.
// Before that nothing is recorded: states on the way to the fixed point are not yet true.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/interp/effort.hpp"
#include "scanner/trace/interp/function_summary.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

class Recorder {
 public:
  Recorder(const LiftedFunction& function, const ImportTable& imports, ValuePool& values, Effort& effort)
      : function_(function), imports_(imports), values_(values), effort_(effort) {}

  // --- when ----------------------------------------------------------------------------------------------------------

  void start() { recording_ = true; }
  void stop() { recording_ = false; }
  /// The next operations are those of a block that a path from the entry was found to, or was not.
  void begin_block(bool reached) { reached_ = reached; }
  /// Behind that block's operations.
  void end_block(const State& state);
  /// From now on the call at `rva` is recorded as one of several paths into it; 0: no longer.
  void follow_path_to(std::uint32_t rva) { path_to_ = rva; }

  [[nodiscard]] bool recording() const { return recording_; }
  /// Is it known that what is recorded now happens?
  [[nodiscard]] bool certain() const { return recording_ && reached_; }

  // --- what ----------------------------------------------------------------------------------------------------------

  /// Where stores go, or null.
  StoreLog* stores() { return certain() ? &summary_ : nullptr; }
  void call(const Call& call, const State& state);
  /// The function returns `value`.
  void returns(ValueId value) { summary_.returns = values_.join(summary_.returns, value); }
  /// What callers find behind the pointers that they passed, when the function is left in `state`.
  void leave(const State& state);
  void extend(std::uint32_t rva) { summary_.extensions.push_back(rva); }
  void orphan(std::uint32_t rva) { summary_.orphans.push_back(rva); }
  /// A pointer that walks through data is compared with where the data end.
  void compare(const Op& op, const State& state);

  [[nodiscard]] std::vector<CallSite>& paths() { return summary_.ways; }
  FunctionSummary take();

 private:
  const LiftedFunction& function_;
  const ImportTable& imports_;
  ValuePool& values_;
  Effort& effort_;
  FunctionSummary summary_;
  State left_;  // at the returns seen so far, the fields
  bool returns_ = false;
  bool recording_ = false;
  bool reached_ = true;
  std::uint32_t path_to_ = 0;
};

}  // namespace scanner::trace

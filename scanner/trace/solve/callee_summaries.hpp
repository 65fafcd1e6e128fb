// What functions do to their callers: registers they spare, places they fill in behind their arguments, what they do to
// the stack pointer. Made on demand while another function is interpreted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "scanner/trace/domain/program.hpp"
#include "scanner/trace/interp/interpreter.hpp"
#include "scanner/trace/solve/solution.hpp"

namespace scanner::trace {

class CalleeSummaries {
 public:
  /// Functions that cost too much are noted in the solution.
  CalleeSummaries(Program& program, Solution& solution);

  /// What every function is interpreted with: on x86, what callees do to the stack pointer, elsewhere what filters do
  /// to the frame.
  [[nodiscard]] CalleeKnowledge of_stack();
  /// The same, and what callees do to registers and behind pointers.
  [[nodiscard]] CalleeKnowledge of_callees();
  FunctionSummary interpret(const LiftedFunction& function, const CalleeKnowledge& knowledge);
  /// See evaluate_function(). kBottom also for what is no function, or too large.
  ValueId evaluate(std::uint32_t function, const State& entry);
  /// The function on all paths that are left when it is entered in `entry`. Nothing as above.
  std::optional<FunctionSummary> entered(std::uint32_t function, const State& entry);

 private:
  struct Summary {
    ArgumentEffects effects;
    unsigned height = 0;  // functions that hang on each other, this one included
  };
  /// Why a summary that was being made was not finished.
  enum class Cut : std::uint8_t { none, too_deep, cycle };

  std::uint32_t clobbered_by(std::uint32_t function);
  [[nodiscard]] std::uint32_t look_at_registers(std::uint32_t function);
  const ArgumentEffects& stores_of(std::uint32_t function);
  ArgumentEffects look_at_stores(std::uint32_t function);
  ArgumentEffects effects_of(FunctionSummary summary);

  Program& program_;
  Solution& solution_;
  std::unique_ptr<CalleeStacks> stacks_;  // null where callers clean up
  std::unordered_map<std::uint32_t, std::uint32_t> clobbered_;
  std::unordered_map<std::uint32_t, Summary> summaries_;
  SpareStates spare_;
  std::vector<std::uint32_t> open_;  // functions whose summaries are being made, each for the one before it
  unsigned highest_ = 0;             // of the summaries that the last one of them asked for
  Cut cut_ = Cut::none;
};

}  // namespace scanner::trace

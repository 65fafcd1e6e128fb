// A calling convention as data: what every room above isa/ has to know about a processor in order to say where a callee
// finds its arguments and what a caller gets back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// Offsets and sizes are in bytes.
struct Abi {
  Reg stack_pointer = 4;
  Reg frame_pointer = kNoReg;
  unsigned word = 8;           ///< of an address, and of a stack slot
  std::vector<Reg> arguments;  ///< integer argument registers in order
  std::uint32_t kept = 0;      ///< registers that a callee preserves, as bits
  Reg result = 0;
  Reg second_result = kNoReg;    ///< what a result has beyond one word; kNoReg: nothing is returned there
  unsigned stack_arguments = 0;  ///< offset of the first stack argument from the callee's stack pointer at entry
  unsigned return_address = 8;   ///< that a call pushes
  Reg dispatched = 0;            ///< holds the target of a call through guard dispatch
  /// Functions take their arguments off the stack, so calls move the stack pointer.
  bool callee_removes = false;
  /// Registers, and stack arguments behind them, that something may be passed in whatever the callee's convention.
  std::vector<Reg> candidate_arguments;
  unsigned candidate_slots = 0;
  std::vector<Location> candidates;  ///< all of these places
  /// One more that functions without a convention are given addresses in; kNoReg: none.
  Reg beside_convention = kNoReg;
  /// At entry the stack pointer is this far below a multiple of 16; nothing where the convention does not say.
  std::optional<std::int64_t> entry_misalignment;
  /// Before an exception handler runs, the unwinder restores the stack pointer and what callees preserve; false: the
  /// handler gets the frame pointer and nothing else.
  bool unwinder_restores = true;

  std::uint32_t kept_wide = 0;     ///< wide registers that a callee preserves, as bits
  bool keeps_high_halves = false;  ///< all of them, not the low half only

  [[nodiscard]] Location argument(unsigned index) const;
  [[nodiscard]] bool preserved(Reg reg) const {
    if (reg < kFirstWide) return reg < 32 && ((kept >> reg) & 1) != 0;
    const unsigned number = (reg - kFirstWide) / 2U, half = (reg - kFirstWide) % 2U;
    return ((kept_wide >> number) & 1) != 0 && (half == 0 || keeps_high_halves);
  }
  /// May compilers that keep to the convention pass an argument there?
  [[nodiscard]] bool conventional(Location where) const {
    return is_stack(where) || !preserved(static_cast<Reg>(where));
  }
  /// Arguments of 64 bits take two slots.
  [[nodiscard]] bool splits_wide_arguments() const { return word == 4; }
};

/// Registers as bits, for Abi::kept.
constexpr std::uint32_t register_bits(std::initializer_list<unsigned> registers) {
  std::uint32_t out = 0;
  for (const unsigned reg : registers) out |= 1U << reg;
  return out;
}

/// Fills in Abi::candidates.
Abi with_candidates(Abi abi);

}  // namespace scanner::trace

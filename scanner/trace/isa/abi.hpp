// Calling conventions, and what a direct call target really is once thunks are followed.
#pragma once

#include <cstdint>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

/// Calling convention and memory of a machine, as far as values care.
struct Abi {
  Reg stack_pointer = 4;
  unsigned word = 8;           ///< bytes
  std::vector<Reg> arguments;  ///< integer argument registers in order
  std::uint32_t kept = 0;      ///< registers that a callee preserves, as bits
  Reg result = 0;
  unsigned stack_arguments = 0;  ///< offset of the first stack argument from the callee's stack pointer at entry
  unsigned return_address = 8;   ///< bytes that a call pushes
  Reg dispatched = 0;            ///< holds the target of a call through guard dispatch
  bool callee_removes = false;   ///< x86: functions take their arguments off the stack, so calls move the stack pointer
  /// Registers, and stack arguments behind them, that something may be passed in whatever the callee's convention.
  std::vector<Reg> carriers;
  unsigned carrier_slots = 0;
  /// At entry the stack pointer is this many bytes below a multiple of 16: on x64 a call pushed the return address. On
  /// x86 no convention says, and x64's is taken.
  std::int64_t entry_misalignment = 0;

  std::uint32_t kept_wide = 0;     ///< wide registers that a callee preserves, as bits
  bool keeps_high_halves = false;  ///< all of them, not the low half only

  [[nodiscard]] Location argument(unsigned index) const;
  [[nodiscard]] bool preserved(Reg reg) const {
    if (reg < kFirstWide) return reg < 32 && ((kept >> reg) & 1) != 0;
    const unsigned number = (reg - kFirstWide) / 2U, half = (reg - kFirstWide) % 2U;
    return ((kept_wide >> number) & 1) != 0 && (half == 0 || keeps_high_halves);
  }
};
const Abi& abi_of(pe::Machine machine);
/// Every place that may carry an argument of a callee nobody knows.
std::vector<Location> carriers_of(const Abi& abi);

/// What a direct call target really is: follows `jmp [slot]` thunks and chains of jumps.
struct Callee {
  std::uint32_t target = 0;
  int import = -1;
  bool jumps_to_register = false;  ///< a bare `jmp rax`: the body of guard dispatch
  Reg jump_register = 0;           ///< then: which
};
Callee resolve_thunk(const pe::Image& image, const ImportTable& imports, std::uint32_t rva);

}  // namespace scanner::trace

// Follows values through one lifted function: forward over its blocks to a fixed point, then once more to note what
// every call gets. What is noted is in terms of the function's own entry (arguments, frame), so callers can be asked
// later.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/imports.hpp"
#include "scanner/trace/ops.hpp"
#include "scanner/trace/values.hpp"

namespace scanner::trace {

struct FrameSlot {
  std::int32_t offset = 0;  ///< from the stack pointer at entry
  std::uint32_t width = 0;
  ValueId value = kBottom;

  bool operator==(const FrameSlot&) const = default;
};

/// On every path to here, the content of `where` at entry was (or was not) `value`.
struct Constraint {
  Location where = 0;
  std::uint32_t value = 0;
  bool equal = true;

  auto operator<=>(const Constraint&) const = default;
};

struct State {
  std::array<ValueId, kRegCount> registers{};
  std::vector<FrameSlot> frame;       // ascending by offset, not overlapping
  std::vector<std::int32_t> escaped;  // frame addresses that were given away, ascending
  std::vector<Constraint> constraints;  // ascending

  bool operator==(const State&) const = default;
};

/// Calling convention and memory of a machine, as far as values care.
struct Abi {
  Reg stack_pointer = 4;
  unsigned word = 8;           ///< bytes
  std::vector<Reg> arguments;  ///< integer argument registers in order
  std::vector<Reg> kept;       ///< registers that a callee preserves
  Reg result = 0;
  unsigned stack_arguments = 0;  ///< offset of the first stack argument from the callee's stack pointer at entry
  unsigned return_address = 8;   ///< bytes that a call pushes

  [[nodiscard]] Location argument(unsigned index) const;
  [[nodiscard]] bool preserved(Reg reg) const;
};
const Abi& abi_of(pe::Machine machine);

/// A call or a tail jump, with everything the callee could see.
struct CallSite {
  std::uint32_t rva = 0;
  std::uint32_t function = 0;     ///< entry of the function that contains it
  std::uint32_t target = 0;       ///< RVA of the callee when direct, after thunks
  int import = -1;                ///< number of the import when the callee is one, after thunks
  ValueId pointer = kBottom;      ///< the callee's address when indirect
  std::int64_t callee_frame = 0;  ///< the callee's stack pointer at entry as offset in this frame
  bool depth_known = true;
  bool tail = false;
  bool reached = true;
  State state;
};

/// A store to an address in the image, or (`through`) behind the pointer that stands there.
struct GlobalStore {
  std::uint32_t rva = 0;
  std::int32_t offset = 0;  ///< through: behind the pointer
  bool through = false;
  std::uint32_t width = 0;
  ValueId value = kBottom;
  std::uint32_t function = 0;
  std::uint32_t site = 0;
  bool strided = false;
};

/// A store behind a pointer that the function got as argument.
struct ArgumentStore {
  Location pointer = 0;
  std::int64_t offset = 0;
  std::uint32_t width = 0;
  ValueId value = kBottom;
  std::uint32_t site = 0;
};

struct FlowResult {
  ValueId returns = kBottom;  ///< of every return, in terms of the function's entry
  std::vector<ArgumentStore> argument_stores;
  std::vector<CallSite> calls;
  std::vector<GlobalStore> stores;        ///< to addresses in the image
  std::vector<std::uint32_t> ends;         ///< addresses that a pointer walking through data is compared with
  std::vector<std::uint32_t> extensions;  ///< RVAs outside the ranges that are still this function
};

/// What a direct call target really is: follows `jmp [slot]` thunks and chains of jumps.
struct Callee {
  std::uint32_t target = 0;
  int import = -1;
  bool jumps_to_register = false;  ///< a bare `jmp rax`: the body of guard dispatch
};
Callee resolve_thunk(const pe::Image& image, const ImportTable& imports, std::uint32_t rva);

/// What is known about functions of the image beyond the calling convention. Compilers with interprocedural register
/// allocation count on callees that spare registers, and callees fill in locals of their callers.
struct CalleeKnowledge {
  std::function<std::uint32_t(std::uint32_t function)> clobbered;  ///< registers it overwrites; bit n for register n
  std::function<const std::vector<ArgumentStore>&(std::uint32_t function)> stores;
};

/// Without `knowledge`, calls lose all that the convention allows.
FlowResult follow_values(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                         ValuePool& values, const Abi& abi, const CalleeKnowledge& knowledge = {});

/// The value of location `where` as the callee of `site` sees it at its entry, in terms of the caller's entry.
ValueId value_at(const CallSite& site, Location where, unsigned width, ValuePool& values, const Abi& abi);
/// The content of `width` bytes at `offset` of the calling frame.
ValueId frame_load(const State& state, std::int64_t offset, unsigned width, ValuePool& values, const Abi& abi);

}  // namespace scanner::trace

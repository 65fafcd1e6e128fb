// A place where a function is called, and what its callee finds there.
#pragma once

#include <cstdint>

#include "scanner/trace/isa/abi.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

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

/// The value of location `where` as the callee of `site` sees it at its entry, in terms of the caller's entry.
ValueId value_at(const CallSite& site, Location where, unsigned width, ValuePool& values, const Abi& abi);

}  // namespace scanner::trace

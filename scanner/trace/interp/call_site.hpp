// A place where a function is called, and what its callee finds there.
#pragma once

#include <cstdint>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

/// A call or a tail jump.
struct Call {
  std::uint32_t rva = 0;
  std::uint32_t function = 0;     ///< entry of the function that contains it
  std::uint32_t target = 0;       ///< RVA of the callee when direct, after thunks
  int import = -1;                ///< number of the import when the callee is one, after thunks
  ValueId pointer = kBottom;      ///< the callee's address when indirect
  std::int64_t callee_frame = 0;  ///< the callee's stack pointer at entry as offset in this frame
  bool depth_known = true;
  bool tail = false;
  bool reached = true;
  bool by_unknown_jump = false;  ///< only a jump whose targets are not known may lead here
};

/// The same, with everything the callee could see.
struct CallSite : Call {
  State state;
};

/// A call as its callee sees it, without a copy of the state. It refers to the state: keep it no longer than that.
struct CallView {
  const State& state;
  std::int64_t callee_frame = 0;  ///< see CallSite
  bool depth_known = true;
  bool reached = true;

  /// Of a state that is not, or not yet, the site's own.
  CallView(const State& of, std::int64_t frame, bool depth) : state(of), callee_frame(frame), depth_known(depth) {}
  CallView(const CallSite& site)  // NOLINT(google-explicit-constructor): a site is a view of itself
      : state(site.state), callee_frame(site.callee_frame), depth_known(site.depth_known), reached(site.reached) {}
};

/// The value of location `where` as the callee sees it at its entry, in terms of the caller's entry.
ValueId value_at(const CallView& call, Location where, unsigned width, ValuePool& values, const Abi& abi);
/// The same of what `atom` names (Atom::came_in), its masks aside: the value itself or the upper half of one.
ValueId what_came_in(const CallView& call, const Atom& atom, unsigned width, ValuePool& values, const Abi& abi);

}  // namespace scanner::trace

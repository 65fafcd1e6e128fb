#include "scanner/trace/interp/call_site.hpp"

namespace scanner::trace {

ValueId value_at(const CallView& call, Location where, unsigned width, ValuePool& values, const Abi& abi) {
  if (!is_stack(where)) return values.resize(call.state.registers[static_cast<std::size_t>(where)], width, false);
  if (!call.reached) return values.unknown(kTopUnreached);
  if (!call.depth_known) return values.unknown(kTopDepthLost);
  return frame_load(call.state, call.callee_frame + (where - kStackBase), width, values, abi);
}

ValueId what_came_in(const CallView& call, const Atom& atom, unsigned width, ValuePool& values, const Abi& abi) {
  if (atom.offset == 0) return value_at(call, atom.where, width, values, abi);
  return values.high_half(value_at(call, atom.where, 8, values, abi));
}

}  // namespace scanner::trace

#include "scanner/trace/interp/call_site.hpp"

namespace scanner::trace {

ValueId value_at(const CallSite& site, Location where, unsigned width, ValuePool& values, const Abi& abi) {
  if (!is_stack(where)) return values.resize(site.state.registers[static_cast<std::size_t>(where)], width, false);
  if (!site.reached) return values.unknown(kTopUnreached);
  if (!site.depth_known) return values.unknown(kTopDepthLost);
  return frame_load(site.state, site.callee_frame + (where - kStackBase), width, values, abi);
}

}  // namespace scanner::trace

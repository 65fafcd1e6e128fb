// A build without libevtx.
#include "scanner/poolmon/evtx.hpp"

namespace scanner::poolmon {

bool evtx_supported() { return false; }

pe::Result<EvtxCount> read_evtx(const std::string& /*path*/,
                                const std::function<void(std::string_view, std::uint64_t)>& /*take*/) {
  return pe::Error{pe::Fault::unreadable,
                   "this build reads no .evtx: export it as XML (wevtutil qe FILE /lf:true /f:xml) and name that"};
}

}  // namespace scanner::poolmon

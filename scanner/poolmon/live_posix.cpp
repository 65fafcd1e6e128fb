#include "scanner/poolmon/live.hpp"

namespace scanner::poolmon {

pe::Result<std::unique_ptr<SnapshotSource>> open_live(const LiveOptions&) {
  return pe::Error{pe::Fault::unreadable,
                   "--live watches the Windows machine it runs on, and this is none; name logs instead"};
}

}  // namespace scanner::poolmon

// Takes the place of hive_hivex.cpp in builds without libhivex.
#include "scanner/loaded/system.hpp"

namespace scanner::loaded {

bool hives_supported() { return false; }

pe::Result<std::vector<Driver>> drivers_of_hive(const std::string&) {
  return pe::Error{pe::Fault::unreadable, "this build cannot read registry hives"};
}

}  // namespace scanner::loaded

// No Windows runs here.
#include "scanner/loaded/system.hpp"

namespace scanner::loaded {

std::vector<Driver> running_drivers() { return {}; }
std::vector<Driver> configured_drivers() { return {}; }
std::string windows_directory() { return {}; }
std::string system_note() { return {}; }

}  // namespace scanner::loaded

// The machine that a report was made on.
#pragma once

#include <string>

namespace scanner {

std::string host_name();
std::string os_name();  ///< "Linux 6.1.0", "Windows 10.0.20348"

}  // namespace scanner

// NtQuerySystemInformation with a buffer that grows until the answer fits: what is asked for grows while we ask.
#pragma once

#include <cstdint>
#include <vector>

#include "pe/result.hpp"

namespace scanner::win32 {

/// The answer of the system to an information class, or why there is none.
pe::Result<std::vector<std::uint8_t>> query_system(unsigned information_class);

}  // namespace scanner::win32

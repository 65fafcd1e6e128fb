// NtQuerySystemInformation of the running Windows, asked by system_query.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "pe/result.hpp"

namespace scanner::win32 {

/// The answer of the system to an information class, or why there is none.
pe::Result<std::vector<std::uint8_t>> query_system(unsigned information_class);

}  // namespace scanner::win32

// SHA-256 by what the system has: libcrypto on POSIX, CNG on Windows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "pe/bytes.hpp"

namespace scanner {

/// Nothing when the system's library refuses.
std::optional<std::array<std::uint8_t, 32>> sha256(pe::Bytes bytes);

}  // namespace scanner

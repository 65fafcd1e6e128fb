// Asking the system with a buffer that grows until the answer fits: what is asked for grows while we ask. The call
// itself is given, so that the loop is tested without a Windows.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "pe/result.hpp"

namespace scanner {

/// NtQuerySystemInformation for one class: fills `size` bytes at `buffer`, sets `needed` (bytes; 0: not known), and
/// returns an NTSTATUS.
using SystemQuery = std::function<std::int32_t(std::uint8_t* buffer, std::uint32_t size, std::uint32_t& needed)>;

/// The answer, as long as the system says it is, or why there is none. `information_class` is for the message only.
pe::Result<std::vector<std::uint8_t>> ask_system(const SystemQuery& query, unsigned information_class);

}  // namespace scanner

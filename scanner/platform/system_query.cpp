#include "scanner/platform/system_query.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace scanner {

pe::Result<std::vector<std::uint8_t>> ask_system(const SystemQuery& query, unsigned information_class) {
  constexpr auto kLengthMismatch = static_cast<std::int32_t>(0xC0000004);
  constexpr auto kInvalidClass = static_cast<std::int32_t>(0xC0000003);
  constexpr auto kNotImplemented = static_cast<std::int32_t>(0xC0000002);
  constexpr auto kAccessDenied = static_cast<std::int32_t>(0xC0000022);
  constexpr std::uint64_t kMost = 256U << 20;
  for (std::uint64_t size = 256U << 10; size <= kMost;) {
    std::vector<std::uint8_t> buffer(static_cast<std::size_t>(size));
    std::uint32_t needed = 0;
    const std::int32_t status = query(buffer.data(), static_cast<std::uint32_t>(size), needed);
    if (status >= 0) {
      if (needed != 0 && needed < buffer.size()) buffer.resize(needed);
      return buffer;
    }
    if (status == kInvalidClass || status == kNotImplemented)
      return pe::Error{pe::Fault::unreadable, "this system does not tell (information class " +
                                                  std::to_string(information_class) + " is not there)"};
    if (status == kAccessDenied) return pe::Error{pe::Fault::unreadable, "permission denied (run as an administrator)"};
    if (status != kLengthMismatch) {
      std::array<char, 48> text{};
      std::snprintf(text.data(), text.size(), "the system refused (status 0x%08x)", static_cast<unsigned>(status));
      return pe::Error{pe::Fault::unreadable, text.data()};
    }
    size = std::max<std::uint64_t>(size * 2, std::uint64_t{needed} + (64U << 10));
  }
  return pe::Error{pe::Fault::unreadable, "the answer does not fit into 256 MiB"};
}

}  // namespace scanner

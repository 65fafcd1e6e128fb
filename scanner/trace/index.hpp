// The few places of an image that matter, found in one pass over its executable bytes: whatever may be a 32-bit
// displacement to an import slot, to code or to data. Candidates only; the lifted function decides which are real.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pe/image.hpp"

namespace scanner::trace {

struct Reference {
  std::uint32_t target = 0;  ///< RVA
  std::uint32_t site = 0;    ///< RVA of the displacement field

  auto operator<=>(const Reference&) const = default;
};

struct Index {
  std::vector<Reference> slots;      ///< to interesting import slots
  std::vector<Reference> calls;      ///< call rel32, jmp rel32, jcc rel32 into executable sections
  std::vector<Reference> addresses;  ///< RIP-relative operands that name code: its address is taken
  std::vector<Reference> data;       ///< RIP-relative operands that name data; not exact when an immediate follows

  /// All references in `list` (which must be sorted) to `target`.
  static std::span<const Reference> to(const std::vector<Reference>& list, std::uint32_t target);
};

/// `slots` ascending. Every list is sorted by target, then site. On ARM64 a site is the RVA of the instruction itself.
Index build_index(const pe::Image& image, std::span<const std::uint32_t> slots);

}  // namespace scanner::trace

// ARM64: what becomes of an address that code computes (adrp, add) instead of loading from it at once. A walk over the
// flow graph from that instruction on, with the registers that hold the address or one near it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/image/functions.hpp"

namespace scanner::trace {

/// An address that the instruction at `site` leaves in a register, and what must not happen behind it.
struct ComputedAddress {
  std::uint32_t site = 0;     ///< RVA of the `add` or `adr`
  std::int64_t offset = 0;    ///< of the computed address from the object
  std::uint32_t given = 0;    ///< nobody may get an address of the first so many bytes of the object …
  std::uint32_t written = 0;  ///< … and no store may touch the first so many
};

/// Where a jump by register at an RVA leads within the function; empty when that is not known, or elsewhere.
using JumpTargets = std::function<std::vector<std::uint32_t>(std::uint32_t rva)>;

/// Is the address used for nothing but loads, as far as the code in `ranges` goes? False in doubt: when it is stored,
/// passed on, returned, added up with unknown numbers for a store, or carried out of the ranges.
bool only_loads_behind(const pe::Image& image, std::span<const CodeRange> ranges, const ComputedAddress& address,
                       const JumpTargets& targets_of);

}  // namespace scanner::trace

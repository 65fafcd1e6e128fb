// The index of an ARM64 image: one pass over its words that knows which address each register holds.
#pragma once

#include <cstdint>
#include <span>

#include "pe/image.hpp"
#include "scanner/trace/image/index.hpp"

namespace scanner::trace::arm64 {

/// Lists are not sorted.
Index build_index(const pe::Image& image, std::span<const std::uint32_t> slots);

}  // namespace scanner::trace::arm64

// Tags in ARM64 code that a search of bytes misses or misreads: constants in two halves, and words that loads name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "pe/image.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::trace::arm64 {

/// Calls `found` with the RVA of the second half and the constant (bit 31 as it stands) wherever movz and movk put one
/// of `tags` together in one register, until it returns false.
void for_each_halves(const pe::Image& image, std::vector<tagdb::PoolTag> tags,
                     const std::function<bool(std::uint32_t rva, std::uint32_t constant)>& found);

/// RVA of a load that names the word at `rva` as its literal.
std::optional<std::uint32_t> load_of_literal(const pe::Image& image, std::uint32_t rva);

}  // namespace scanner::trace::arm64

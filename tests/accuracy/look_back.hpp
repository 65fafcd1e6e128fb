// The baseline of the bench: what existing scripts do.
#pragma once

#include <cstdint>
#include <set>

#include "pe/image.hpp"

namespace accuracy {

/// What looking back from each call of a listed import finds: the constants that any of the ten instructions before it
/// moves.
std::set<std::uint32_t> look_back(const pe::Image& image);

}  // namespace accuracy

// How much of a file an image takes. Behind its end stands what belongs to whoever carries the image.
#pragma once

#include <cstdint>

#include "pe/image.hpp"

namespace pe {

/// Bytes of the file that the headers account for: to the end of the last section or, where the file reaches that far,
/// of the signature. Never more than the file has; 0 when no section has bytes in it.
std::uint64_t size_in_file(const Image& image);

}  // namespace pe

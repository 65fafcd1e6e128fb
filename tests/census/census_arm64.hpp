// The part of the census that knows ARM64.
#pragma once

#include "tests/census/census.hpp"

namespace census {

Census take_arm64(const pe::Image& image, const tagdb::ApiTable& apis);
/// Can the census know this site? Not when it goes through a register that was not loaded from a slot.
bool knows_site_arm64(const pe::Image& image, const Census& census, std::uint32_t rva);

}  // namespace census

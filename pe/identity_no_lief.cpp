// Takes the place of identity.cpp where LIEF is not to be had (the mingw-w64 build).
#include "pe/identity.hpp"

namespace pe {

Identity identify(const Image& image, std::string& problem) { return identify_small(image, problem); }

}  // namespace pe

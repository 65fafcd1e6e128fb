// The version resource and the signer as LIEF reads them. LIEF copies every section, and a file that nobody vouches for
// can make it crash: poolwho asks it in a process of its own (second_reader.hpp), the tests directly.
#pragma once

#include <string>

#include "pe/identity.hpp"

namespace scanner::lief {

/// Never throws: what LIEF cannot read stays empty, and `problem` gets its words.
pe::Identity identify_by_lief(const pe::Image& image, std::string& problem);

}  // namespace scanner::lief

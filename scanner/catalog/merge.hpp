// Catalogues of several machines, or of several shards of one, become one. Contents are the same where their SHA-256
// is; of two traces of one content that of the better engine stays; of two views of one file the later one is present.
// Merging is idempotent, and the order of the catalogues does not matter for what is answered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pe/result.hpp"

namespace scanner::catalog {

struct Merged {
  std::uint64_t drivers = 0, files = 0, hosts = 0;
};

/// Writes `out`, which must not exist. On failure `where` is the file that the message is about.
pe::Result<Merged> merge(const std::vector<std::string>& catalogues, const std::string& out, std::string& where);

}  // namespace scanner::catalog

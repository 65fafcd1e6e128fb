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
  std::uint64_t files = 0, drivers = 0, hosts = 0;  ///< files: drivers that are there; drivers: their contents
  std::uint64_t conflicts = 0;  ///< paths that two catalogues know with different contents, neither knowing both
  std::string conflict_host, conflict_path;  ///< the first of them
};

/// Writes `out`, which must not exist. On failure `where` is the file that the message is about.
pe::Result<Merged> merge(const std::vector<std::string>& catalogues, const std::string& out, std::string& where);

}  // namespace scanner::catalog

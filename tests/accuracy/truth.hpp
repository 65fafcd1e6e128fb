// Reader for the truth files beside the test drivers; the format is in tests/drivers/README.md.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tagdb/pool_tag.hpp"

namespace accuracy {

struct Expectation {
  tagdb::PoolTag tag;
  std::string evidence;  ///< allocates, lookaside, configures, frees, references, uncharged, predicted, absent,
                         ///< unproven
  std::optional<std::string> certainty, pool, api;
  std::optional<std::uint64_t> bytes;
  bool protected_bit = false;
  std::size_t line = 0;
};

/// Expectations that apply to a build described by `words` ("clang", "x64", "O2"). Throws std::runtime_error with file
/// and line when the file is malformed.
std::vector<Expectation> read_truth(const std::string& path, const std::set<std::string>& words);

}  // namespace accuracy

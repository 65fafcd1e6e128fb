// What a driver's maker should look at before shipping: a lint over one traced image. Findings say what is seen and
// why it matters, with the place; they are about habits, not about leaks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/rank/rank.hpp"
#include "scanner/trace/trace.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/database.hpp"

namespace scanner::rank {

struct Finding {
  std::string_view code;  ///< collision, default_tag, untagged, executable_pool, never_freed, suspect_tag
  tagdb::PoolTag tag;     ///< 0 for `suspect_tag`
  std::uint32_t site_rva = 0;
  std::string text;
};

/// In the order of tags; `suspect_tag` last.
std::vector<Finding> check(const trace::TraceResult& trace, const ImageFacts& image, const tagdb::Database& database,
                           const tagdb::ApiTable& apis);

/// What differs between two builds of one driver, one change a tag.
struct Change {
  enum class Kind { added, removed, changed };
  Kind kind = Kind::changed;
  tagdb::PoolTag tag;
  /// What the tag is used for, in words that name everything but places: function, pool, size, certainty. Empty when it
  /// is not used at all.
  std::string before, after;
};

std::vector<Change> compare(const trace::TraceResult& before, const trace::TraceResult& after);

}  // namespace scanner::rank

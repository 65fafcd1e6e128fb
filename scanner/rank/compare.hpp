// What differs between two builds of one driver in what they do with tags.
#pragma once

#include <string>
#include <vector>

#include "scanner/trace/trace.hpp"

namespace scanner::rank {

/// One change a tag.
struct Change {
  enum class Kind { added, removed, changed };
  Kind kind = Kind::changed;
  tagdb::PoolTag tag;
  /// What the tag is used for, in words that name everything but places: function, pool, size, certainty. Empty when it
  /// is not used at all.
  std::string before, after;
};

/// In the order of tags.
std::vector<Change> compare(const trace::TraceResult& before, const trace::TraceResult& after);

}  // namespace scanner::rank

// The bytes of a tag wherever they stand in a file: what findstr sees, told apart. An immediate operand or a data word
// that nothing ties to a call is `constant`, anything else `bytes`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/attribute/tag_search.hpp"
#include "scanner/trace/trace.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::trace {

struct Occurrence {
  tagdb::PoolTag tag;
  bool protected_bit = false;
  Evidence evidence = Evidence::bytes;
  std::uint64_t file_offset = 0;
  std::optional<std::uint32_t> rva;
  std::string what;  ///< "text \"…\"", "immediate of `mov ecx, …`", "data"
};

/// How many places of one tag are described; the first ones, those without bit 31 before those with it.
inline constexpr std::size_t kMaxOccurrences = 8;

/// Does the code, on ARM64, put any of the tags together from two halves? Whether one stands in the bytes is what
/// TagSearch::any says, piece by piece while they are read.
bool may_hold_halves(const pe::Image& image, const TagSearch& tags);

/// Every such place, ascending by offset.
std::vector<TagSearch::Hit> places_of(const pe::Image& image, const TagSearch& tags);

/// What stands at `hits` (ascending by offset, as places_of() delivers them), at most kMaxOccurrences of a tag.
/// In file order.
std::vector<Occurrence> describe_occurrences(const pe::Image& image, std::vector<TagSearch::Hit> hits);

}  // namespace scanner::trace

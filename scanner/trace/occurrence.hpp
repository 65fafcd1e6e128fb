// The bytes of a tag wherever they stand in a file: what findstr sees, told apart. An immediate operand or a data word
// that nothing ties to a call is `constant`, anything else `bytes`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pe/image.hpp"
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

/// Does any of the tags stand in the bytes, in either form of bit 31? The cheap question before a trace.
bool contains_any(pe::Bytes file, const std::vector<tagdb::PoolTag>& tags);

/// As contains_any, and on ARM64 also where code puts a tag together from two halves.
bool may_hold_any(const pe::Image& image, const std::vector<tagdb::PoolTag>& tags);

/// At most `limit` occurrences, in file order.
std::vector<Occurrence> find_occurrences(const pe::Image& image, const std::vector<tagdb::PoolTag>& tags,
                                         std::size_t limit);

}  // namespace scanner::trace

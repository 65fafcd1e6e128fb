// The bytes of tags in a file, as fast as memory allows. A few tags: sixteen positions at a time are compared with the
// two rarest bytes of a tag. Many tags: every position is hashed into a bitmap that fits the first-level cache. Both
// forms of bit 31 are one search, because only the fourth byte differs.
#pragma once

#include <cstdint>
#include <vector>

#include "pe/bytes.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::trace {

class TagSearch {
 public:
  struct Hit {
    std::size_t offset = 0;  ///< file offset of the tag's first byte
    tagdb::PoolTag tag;
    bool protected_bit = false;
    bool halves = false;  ///< ARM64: the second of two instructions that make it (never from all())
  };

  TagSearch() = default;
  explicit TagSearch(std::vector<tagdb::PoolTag> tags);

  [[nodiscard]] const std::vector<tagdb::PoolTag>& tags() const { return tags_; }  ///< ascending, each once
  [[nodiscard]] bool empty() const { return tags_.empty(); }
  /// Does any of the tags stand in the bytes?
  [[nodiscard]] bool any(pe::Bytes bytes) const;
  /// Every place, ascending; a place belongs to one tag.
  [[nodiscard]] std::vector<Hit> all(pe::Bytes bytes) const;

 private:
  [[nodiscard]] bool member(std::uint32_t value) const;

  std::vector<tagdb::PoolTag> tags_;   // ascending, each once
  std::vector<std::uint64_t> filter_;  // for many tags
};

}  // namespace scanner::trace

// The list of owners that is compiled into the program (data/pooltag.txt), and an index of its lines that is made when
// the program is built (data/index.cmake): looking a tag up costs no more than grep's way through the text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tagdb {

/// The bytes of data/pooltag.txt.
std::string_view builtin_pooltag();

struct BuiltinLine {
  std::uint32_t tag;  ///< as PoolTag::value() when the line is "Tag  - owner…" with a tag of plain characters, else 0
  std::uint32_t begin;  ///< offset in builtin_pooltag()
};

/// One for each line of builtin_pooltag(), in its order.
std::span<const BuiltinLine> builtin_lines();

}  // namespace tagdb

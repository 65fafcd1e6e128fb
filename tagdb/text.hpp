// The few things that every reader of a list of tags does with text.
#pragma once

#include <cstddef>
#include <string_view>

#include "pe/text.hpp"

namespace tagdb {

using pe::equal_but_case;
using pe::fold_case;

/// Calls `each(line, number)` for every line, numbers from 1. Line ends (LF, CRLF, a final 0x1A of DOS) are cut off.
template <typename Each>
void for_each_line(std::string_view text, Each each) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    text = newline == std::string_view::npos ? std::string_view{} : text.substr(newline + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\x1A')) line.remove_suffix(1);
    each(line, number);
  }
}

}  // namespace tagdb

// How a screen shows bytes above 127, read backwards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tagdb {

/// The bytes that Windows' western code pages show as the UTF-8 `text`, most usual page first, each once; none when no
/// page has all its characters.
std::vector<std::string> in_code_pages(std::string_view text);

}  // namespace tagdb

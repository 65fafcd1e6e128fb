// Looks over a page of ours as strictly as no browser does: every `<` must open an element that we write ourselves,
// with attributes that we write ourselves, all quoted. What comes from files can then be text and nothing else.
#pragma once

#include <string>
#include <string_view>

namespace fuzz {

/// Empty when the page is as it should be, else what is wrong with it.
std::string judge_page(std::string_view page);

/// Is there a character in UTF-8 `text` that a terminal obeys: C0 but for line feed, DEL, C1, bidirectional controls?
bool commands_a_terminal(std::string_view text);

}  // namespace fuzz

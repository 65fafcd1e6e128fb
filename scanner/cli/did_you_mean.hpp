// What a mistyped word was likely meant to be: one of a list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scanner {

/// The word of `known` that `word` begins, in any letter case, or misses by one or two letters (left out, put in,
/// wrong, or two swapped). Empty when there is none, or more than one that is equally near.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace scanner

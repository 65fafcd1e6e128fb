// The words that dates and times are written with, in the languages that logs were seen in. All take words as folded()
// of words.hpp gives them, which are never empty.
#pragma once

#include <optional>
#include <string_view>

namespace scanner::poolmon {

/// 0 to 11 for a month's name or the beginning of one (three letters at least); nothing for other words.
std::optional<int> month_of(std::string_view folded_word);
/// Days of the week and the small words between parts of a date: they say nothing, and are no prose.
bool is_time_word(std::string_view folded_word);
/// Says that the number beside it counts seconds since 1970.
bool is_epoch_word(std::string_view folded_word);

}  // namespace scanner::poolmon

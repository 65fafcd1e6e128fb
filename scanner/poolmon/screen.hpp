// What poolmon itself prints: rows of a tag, a type and five integers that prove themselves (Diff is Allocs - Frees),
// and the lines above them. Such a row needs no heading.
#pragma once

#include <string>
#include <string_view>

#include "scanner/poolmon/figures.hpp"

namespace scanner::poolmon {

/// A row as poolmon writes it, millions of times: no search, no copies. `column`: where tags begin. False when the line
/// is none; it may still be one that was changed on the way.
bool plain_row(std::string_view line, std::size_t column, Row& row, std::string_view& behind);

/// A row that was changed on the way: collapsed blanks, grouped digits, other words for the pool, quotes, pipes.
/// bad: a tag, a pool and numbers, but not five, or numbers that contradict each other.
Taken changed_row(std::string_view line, Row& row, std::string_view& behind, std::string& why);

/// "Memory: … Avail: …" begins a screen.
bool begins_screen(std::string_view line);
/// Takes what the lines above a screen say about the machine; false when the line is none of them.
bool take_machine(std::string_view line, Totals& totals);
/// "Session 1 pool information": whose pool the rows below are of; false when the line says nothing about it.
bool take_session(std::string_view line, Session& session);

}  // namespace scanner::poolmon

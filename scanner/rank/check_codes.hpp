// The kinds of findings: one table for the checks, the command line, SARIF's rules and the documentation.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scanner::rank {

enum class Severity { error, warning, note };
std::string_view to_string(Severity severity);

struct CheckCode {
  std::string_view code;  ///< a word that scripts rely on
  std::string_view rule;  ///< PW001 ..., never used for anything else
  Severity severity = Severity::warning;
  std::string_view summary;  ///< a sentence about what is found
  std::string_view help;     ///< why it matters and what to do
};

std::span<const CheckCode> check_codes();
/// Null for an unknown word.
const CheckCode* find_code(std::string_view code);
/// "never_freed,-collision": those that are named, or all but those with a minus. Empty text: all. Nothing, with a
/// reason, for an unknown word.
std::vector<const CheckCode*> choose_codes(std::string_view text, std::string& error);

}  // namespace scanner::rank

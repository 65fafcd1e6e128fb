// The words of the command line that are no options: command, tags, paths, logs.
#pragma once

#include <string>
#include <vector>

#include "scanner/cli/options.hpp"

namespace scanner::cli {

/// Distributes `words` over verb, tags and paths of `options`. `tags_given`: by -t or --tags-from, and then every word
/// is a path. Returns an error or nothing; `note` gets what was understood where the words allow two readings.
std::string take_positionals(std::vector<std::string> words, bool tags_given, Options& options, std::string& note);

/// `help` and `version` where they are no tags: nothing is asked about a place. True when that is so, with what is
/// asked about in `verb`, or an error.
struct HelpRequest {
  bool asked = false, version = false;
  std::optional<Verb> verb;
  std::string error;
};
HelpRequest help_request(const std::vector<std::string>& words);

std::optional<Verb> verb_of(const std::string& word);

}  // namespace scanner::cli

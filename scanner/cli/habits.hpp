// What people type who know other tools, answered with what we have.
#pragma once

#include <string>
#include <string_view>

#include "scanner/cli/options.hpp"

namespace scanner::cli {

/// For an option that there is not: the sentence about it, with the option of ours that does it, or the one that was
/// likely mistyped. `given` as typed: "--threads=4", "-l".
std::string about_unknown_option(std::string_view given);

/// For a first word that is neither a command nor a tag; empty when it is one.
std::string about_no_tag(const std::string& word);

}  // namespace scanner::cli

// Man page and shell completions, made from the tables of the command line so that they cannot disagree with the help.
#pragma once

#include <string>
#include <string_view>

namespace scanner {

/// What `--generate KIND` prints (`man`, `bash`, `zsh`, `fish`, `powershell`, `schema`); empty for an unknown kind.
std::string generate(std::string_view kind);

std::string man_page();

}  // namespace scanner

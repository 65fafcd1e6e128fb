// Man page and shell completions, made from the tables of the command line so that they cannot disagree with the help.
#pragma once

#include <string>
#include <string_view>

namespace scanner {

/// What `--generate KIND` prints (`man`, `bash`, `zsh`, `fish`, `powershell`); empty for a kind that is not known.
std::string generate(std::string_view kind);

std::string man_page();

}  // namespace scanner

// Man page and shell completions, made from the one table of options so that they cannot disagree with --help.
#pragma once

#include <string>
#include <string_view>

namespace scanner {

/// What `--generate KIND` prints (`man`, `bash`, `powershell`); empty for a kind that is not known.
std::string generate(std::string_view kind);

}  // namespace scanner

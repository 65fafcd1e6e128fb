// People type what Microsoft told them to for twenty years: `findstr /s /m Leak *.sys`. The switches are translated
// before the command line is parsed; a word that names an existing file is left alone.
#pragma once

#include <string>
#include <vector>

namespace scanner {

std::vector<std::string> translate_findstr_habits(std::vector<std::string> arguments);

}  // namespace scanner

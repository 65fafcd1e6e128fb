// People type what Microsoft told them to for twenty years: `findstr /s /m Leak *.sys`. The switches are translated
// before the command line is parsed; a word that names an existing file is left alone.
#pragma once

#include <string>
#include <vector>

namespace scanner {

/// `error` is what to tell the user about a switch that cannot be followed; else it stays empty.
std::vector<std::string> translate_findstr_habits(std::vector<std::string> arguments, std::string& error);

}  // namespace scanner

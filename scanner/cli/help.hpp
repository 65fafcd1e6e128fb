// Texts about the program itself, made from the tables of the command line.
#pragma once

#include <optional>
#include <string>

#include "scanner/cli/options.hpp"

namespace scanner::cli {

/// The help of one command, or of the whole program, wrapped to `columns`.
std::string help_text(std::optional<Verb> verb, std::size_t columns);
/// What `--version` prints: "poolwho 0.2.0" on the first line; then commit, engine, list, features.
std::string version_text();

}  // namespace scanner::cli

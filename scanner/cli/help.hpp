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

/// What the exit codes mean, for help and man page.
struct ExitCode {
  const char* code;
  const char* meaning;
};
inline constexpr ExitCode kExitCodeTable[] = {
    {"0", "found; survey: every driver was read"},
    {"1",
     "nothing found, and the search was complete; leaks: suspects only; survey --check, --baseline: findings, changes"},
    {"2", "wrong usage, or a path that was named cannot be read"},
    {"3", "incomplete: an image could not be read, parsed or traced"},
    {"130", "interrupted; what is complete is printed"}};

}  // namespace scanner::cli

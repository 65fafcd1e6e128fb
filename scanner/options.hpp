// The command line: one table of options, from which the parser, --help, and (tested) the README's list are made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scanner/rank/rank.hpp"

namespace scanner {

enum class Verb : unsigned { locate = 1, survey = 2, lookup = 4, leaks = 8, merge = 16 };
inline constexpr unsigned kAllVerbs = 31;

/// The words for the verbs, in the order of --help.
struct VerbName {
  Verb verb;
  const char* name;
};
inline constexpr VerbName kVerbNames[] = {{Verb::locate, "locate"},
                                          {Verb::survey, "survey"},
                                          {Verb::leaks, "leaks"},
                                          {Verb::lookup, "lookup"},
                                          {Verb::merge, "merge"}};

enum class Format { text, ndjson, json, csv, html, localtag, pooltag };
enum class ColorChoice { automatic, always, never };

struct OptionSpec {
  const char* name;
  char letter;           ///< 0 when it has none
  const char* argument;  ///< null for a switch
  bool repeatable;
  unsigned verbs;  ///< bits of Verb
  const char* help;
};
const std::vector<OptionSpec>& option_table();

struct Options {
  Verb verb = Verb::locate;
  std::vector<std::string> tags;
  std::vector<std::string> paths;
  std::optional<std::string> root, files_from, tags_from, apis, output, loaded_from, difference, baseline, store,
      catalog;
  unsigned shard = 0, shards = 0;  ///< the part 1 … `shards` of all files; 0: all of them
  std::vector<std::string> include, exclude, tagdb;
  std::vector<std::string> logs;       ///< leaks: the files to read
  std::vector<std::string> log_words;  ///< leaks: the same as typed, with wildcards
  bool live = false;                   ///< leaks: watch this machine
  std::optional<double> interval_seconds, every_seconds, for_seconds;
  bool nul_separated = false, any_suffix = false, follow = false, offline = false, all = false, explain = false,
       quiet = false, names_only = false, check = false, low_priority = false;
  std::uint64_t max_file_size = 512ULL << 20;
  unsigned jobs = 0;  ///< 0: as many as there are processors
  Format format = Format::text;
  ColorChoice color = ColorChoice::automatic;
  rank::Verdict min_verdict = rank::Verdict::weak;
};

/// What main() shall do instead of running a command.
struct EarlyExit {
  int code = 0;
  std::string out, err;
};

struct Parsed {
  std::optional<Options> options;
  EarlyExit exit;
};

/// `arguments` without the program's name.
Parsed parse_command_line(std::vector<std::string> arguments);

std::string help_text();

}  // namespace scanner

// The command line: one table of options, from which parser, help, man page and completions are made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/rank/check_codes.hpp"
#include "scanner/rank/rank.hpp"
#include "scanner/trace/trace.hpp"

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

enum class Format { text, ndjson, json, csv, html, localtag, pooltag, sarif, github, msbuild };
enum class ColorChoice { automatic, always, never };

/// Headings of the help, in this order.
enum class Topic { question, files, output, run };

struct OptionSpec {
  const char* name;
  char letter;           ///< 0 when it has none
  const char* argument;  ///< null for a switch; "[=WORDS]": may be left out, and is joined by '='
  bool repeatable;
  unsigned verbs;  ///< bits of Verb
  Topic topic;
  const char* help;
};
const std::vector<OptionSpec>& option_table();
/// What a command is for and how it is called.
struct VerbSpec {
  Verb verb;
  const char* usage;    ///< behind "poolwho "
  const char* summary;  ///< a sentence without a full stop
  const char* example;
};
const std::vector<VerbSpec>& verb_table();
/// The words that an option takes, separated by blanks; empty when any will do.
std::string_view option_values(std::string_view option, unsigned verbs = kAllVerbs);
/// May the argument be left out?
bool optional_argument(const OptionSpec& option);
bool belongs_to(const OptionSpec& option, Verb verb);
std::string_view name_of(Verb verb);

struct Options {
  Verb verb = Verb::locate;
  std::vector<std::string> tags;
  std::vector<std::string> paths;
  std::optional<std::string> root, files_from, tags_from, apis, output, loaded_from, from_dump, difference, baseline,
      store, catalog, host;
  unsigned shard = 0, shards = 0;  ///< the part 1 … `shards` of all files; 0: all of them
  std::vector<std::string> include, exclude, tagdb, allow, allow_from, symbols;
  std::vector<const rank::CheckCode*> checks;  ///< --check: the ones that were chosen
  std::vector<std::string> logs;               ///< leaks: the files to read
  std::vector<std::string> log_words;          ///< leaks: the same as typed, with wildcards
  std::string understood;                      ///< a note on how ambiguous words were read; empty when none were
  std::vector<std::string> drivers;            ///< lookup: file names whose tags are asked for
  bool live = false;                           ///< leaks: watch this machine
  std::optional<double> interval_seconds, every_seconds, for_seconds;
  bool nul_separated = false, any_suffix = false, follow = false, offline = false, all = false, explain = false,
       quiet = false, names_only = false, check = false, low_priority = false, ignore_case = false, by_tag = false,
       totals_only = false, exit_code = false;
  std::optional<trace::Evidence> only;  ///< survey: uses of this evidence
  std::uint64_t max_file_size = 512ULL << 20;
  unsigned jobs = 0;  ///< 0: as many as there are processors
  Format format = Format::text;
  ColorChoice color = ColorChoice::automatic;
  std::optional<rank::Verdict> min_verdict;  ///< nothing: what the contract shows by default
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

}  // namespace scanner

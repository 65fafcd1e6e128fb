// The one table of options, from which --help, the man page, the completions and the parser are made, and --help
// itself.
#include <algorithm>

#include "scanner/options.hpp"

namespace scanner {
namespace {

constexpr unsigned kLocate = static_cast<unsigned>(Verb::locate);
constexpr unsigned kSurvey = static_cast<unsigned>(Verb::survey);
constexpr unsigned kLeaks = static_cast<unsigned>(Verb::leaks);
constexpr unsigned kLookup = static_cast<unsigned>(Verb::lookup);
constexpr unsigned kMerge = static_cast<unsigned>(Verb::merge);
constexpr unsigned kScan = kLocate | kSurvey | kLeaks;
constexpr unsigned kTags = kLocate | kLookup;
constexpr unsigned kReports = kAllVerbs & ~kMerge;  // a catalogue is no text

constexpr const char* kUsage =
    "poolwho names the driver that allocates with a Windows pool tag, and proves it.\n"
    "\n"
    "  poolwho TAG [PATH...]      who allocates with TAG (also: poolwho locate TAG...)\n"
    "  poolwho survey PATH...     every tag of every driver below PATH\n"
    "  poolwho leaks LOG...       which tags grow in poolmon logs, and with --root who allocates with them\n"
    "  poolwho lookup TAG...      what the tag databases say, without a scan\n"
    "  poolwho merge CATALOG... -o OUT   joins catalogues that survey --store wrote\n"
    "\n"
    "TAG is what poolmon shows: Leak, \"Io  \", Afd?, Afd*, \\x4c\\x65\\x61\\x6b, or 0x6B61654C as a debugger prints "
    "it.\n"
    "\n";

constexpr const char* kExitCodes =
    "\nExit codes: 0 found, 1 nothing found and the search was complete, 2 wrong usage or a named path cannot be "
    "read,\n"
    "3 incomplete (an image could not be read or parsed), 130 interrupted.\n";

std::string spelled(const OptionSpec& option) {
  std::string out = option.letter != 0 ? std::string("-") + option.letter + ", --" : "    --";
  out += option.name;
  if (option.argument != nullptr) out += std::string(" ") + option.argument;
  return out;
}

}  // namespace

const std::vector<OptionSpec>& option_table() {
  static const std::vector<OptionSpec> table = {
      {"tag", 't', "TAG", true, kTags, "a tag; repeatable, then every other word is a path"},
      {"tags-from", 0, "FILE", false, kTags, "tags from FILE, one a line; - reads standard input"},
      {"root", 0, "DIR", false, kAllVerbs & ~kMerge, "the root of a Windows volume or a mounted copy of one"},
      {"loaded-from", 0, "FILE", false, kLocate | kLeaks,
       "drivers the machine had loaded: driverquery /v /fo csv, msinfo32 /report, or WinDbg's lm"},
      {"all", 0, nullptr, false, kLocate | kLeaks, "search every level, even after a proven owner was found"},
      {"min-verdict", 0, "V", false, kLocate | kLeaks,
       "show candidates of proven, likely, possible or weak (default) and better"},
      {"explain", 0, nullptr, false, kScan, "every use with its chain of calls and instructions, and every reason"},
      {"names-only", 0, nullptr, false, kLocate | kSurvey, "print the paths of drivers and nothing else"},
      {"interval", 0, "T", false, kLeaks, "time between snapshots of logs that tell no time: 30s, 5m, 1h"},
      {"live", 0, nullptr, false, kLeaks, "watch this machine instead of logs (Windows only)"},
      {"every", 0, "T", false, kLeaks, "--live: time between two looks (default 1m)"},
      {"for", 0, "T", false, kLeaks, "--live: how long to watch (default: until Ctrl-C)"},
      {"include", 0, "GLOB", true, kScan, "only files that match; on the name, or on the path when GLOB has a slash"},
      {"exclude", 0, "GLOB", true, kScan, "leave out files that match"},
      {"files-from", 0, "FILE", false, kScan, "paths from FILE, one a line; - reads standard input"},
      {"null", '0', nullptr, false, kScan, "paths of --files-from end in NUL bytes, as find -print0 writes them"},
      {"any-suffix", 0, nullptr, false, kScan, "open every file, not only *.sys"},
      {"follow", 0, nullptr, false, kScan, "follow links"},
      {"offline", 0, nullptr, false, kScan, "read files that live in the cloud, which downloads them"},
      {"max-filesize", 0, "N", false, kScan, "pass over files of more than N bytes (K, M, G; default 512M)"},
      {"jobs", 'j', "N", false, kScan, "worker threads; 0 (default) means one per processor"},
      {"low-priority", 0, nullptr, false, kScan, "leave processor and disk to others"},
      {"shard", 0, "I/N", false, kScan, "only the I-th of N parts of the files, the same parts on every machine"},
      {"store", 0, "FILE", false, kSurvey, "keep results in the catalogue FILE; what it knows is not traced again"},
      {"catalog", 0, "FILE", false, kLocate | kLookup | kLeaks, "answer from the catalogue FILE instead of a scan"},
      {"apis", 0, "FILE", false, kScan, "more functions that take a tag, in the form of data/pool_apis.tsv"},
      {"tagdb", 0, "FILE", true, kReports, "another pooltag.txt or localtag.txt; repeatable"},
      {"check", 0, nullptr, false, kSurvey,
       "lint for driver makers: default, colliding, unfreed tags; exit code 1 for findings"},
      {"baseline", 0, "OLD.sys", false, kSurvey, "what tags do differently than in OLD.sys, an earlier build"},
      {"diff", 0, "FILE", false, kSurvey, "with --format localtag or pooltag: what differs from that list"},
      {"format", 0, "F", false, kReports,
       "text (default), ndjson, json or csv; html but for lookup; survey also localtag, pooltag"},
      {"output", 'o', "FILE", false, kAllVerbs, "write results to FILE, which appears when it is complete"},
      {"color", 0, "WHEN", false, kReports, "auto (default), always or never"},
      {"quiet", 'q', nullptr, false, kAllVerbs, "no progress and no notes; results and errors stay"},
      {"generate", 0, "KIND", false, kAllVerbs, "print a man page, or completions for bash or powershell"},
      {"version", 'V', nullptr, false, kAllVerbs, "print the version"},
      {"help", 'h', nullptr, false, kAllVerbs, "print this help"},
  };
  return table;
}

std::string help_text() {
  std::string out = kUsage;
  std::size_t width = 0;
  for (const OptionSpec& option : option_table()) width = std::max(width, spelled(option).size());
  for (const OptionSpec& option : option_table()) {
    std::string line = "  " + spelled(option);
    line.resize(width + 4, ' ');
    out += line + option.help + "\n";
  }
  return out + kExitCodes;
}

}  // namespace scanner

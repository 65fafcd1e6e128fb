// The two tables of the command line: its commands and its options. Parser, help, man page and completions are made
// from them, so that none of the four can lack an option or offer one to the wrong command.
#include <algorithm>

#include "scanner/cli/options.hpp"

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

}  // namespace

const std::vector<VerbSpec>& verb_table() {
  static const std::vector<VerbSpec> table = {
      {Verb::locate, "[locate] TAG... [PATH...]", "names the drivers that allocate with TAG, with proof",
       "poolwho Leak --root /mnt/c"},
      {Verb::survey, "survey PATH...", "lists every tag of every driver below PATH",
       "poolwho survey /mnt/c/Windows/System32/drivers --by tag"},
      {Verb::leaks, "leaks [LOG...]",
       "finds the tags that grow in poolmon or event logs and, with --root, who allocates with them",
       "poolwho leaks poolmon*.txt --root /mnt/c"},
      {Verb::lookup, "lookup TAG|DRIVER.sys...", "shows what the tag lists say about a tag or a driver, without a scan",
       "poolwho lookup Afd* tcpip.sys"},
      {Verb::merge, "merge CATALOG... -o OUT",
       "joins catalogues that survey --store wrote; OUT may be one of them, it is replaced as a whole",
       "poolwho merge a.db b.db -o all.db"},
  };
  return table;
}

const std::vector<OptionSpec>& option_table() {
  using enum Topic;
  static const std::vector<OptionSpec> table = {
      {"tag", 't', "TAG", true, kTags, question, "a tag; repeatable, then every other word is a path"},
      {"tags-from", 0, "FILE", false, kTags, question, "tags from FILE, one a line; - reads standard input"},
      {"ignore-case", 'i', nullptr, false, kTags, question, "the tag in any letter case"},
      {"root", 0, "DIR", false, kAllVerbs & ~kMerge, question, "the root of a Windows volume or a mounted copy of one"},
      {"loaded-from", 0, "FILE", false, kLocate | kLeaks, question,
       "drivers the machine had loaded: driverquery /v /fo csv, msinfo32 /report, WinDbg's lm, a small memory dump"},
      {"from-dump", 0, "FILE", false, kLocate, question,
       "ask for the tag that the stop in a small memory dump names, with its drivers as --loaded-from"},
      {"all", 0, nullptr, false, kLocate | kLeaks, question,
       "search every level of the volume, even after a proven owner was found"},
      {"interval", 0, "T", false, kLeaks, question, "time between snapshots of logs that tell no time: 30s, 5m, 1h"},
      {"live", 0, nullptr, false, kLeaks, question, "watch this machine instead of logs (Windows only)"},
      {"every", 0, "T", false, kLeaks, question, "--live: time between two looks (default 1m)"},
      {"for", 0, "T", false, kLeaks, question, "--live: how long to watch (default: until Ctrl-C)"},
      {"check", 0, "[=CODES]", false, kSurvey, question,
       "lint for driver makers: default, colliding, unfreed tags; exit code 1 for findings; CODES are the checks to "
       "make, or with a minus those to leave out: --check=never_freed or --check=-collision,-untagged"},
      {"allow", 0, "FILE", true, kSurvey, question,
       "--check: findings that are in order; a line has tag, code, reason and perhaps a driver, separated by tabs"},
      {"allow-from", 0, "FILE", true, kSurvey, question,
       "--check: findings of an earlier run (--format ndjson), which are known"},
      {"baseline", 0, "OLD.sys", false, kSurvey, question,
       "what tags do differently than in OLD.sys, an earlier build"},
      {"diff", 0, "FILE", false, kSurvey, question,
       "with --format localtag or pooltag: what differs from the list in FILE"},
      {"exit-code", 0, nullptr, false, kSurvey, question, "--diff: exit code 1 when something differs"},
      {"symbols", 0, "DIR", true, kScan, question,
       "PDBs of drivers: a folder of them or a symbol store; repeatable, before the local parts of _NT_SYMBOL_PATH"},
      {"catalog", 0, "FILE", false, kReports, question, "answer from the catalogue FILE instead of a scan"},
      {"store", 0, "FILE", false, kSurvey, question,
       "keep results in the catalogue FILE; files that it knows are not traced again"},
      {"host", 0, "NAME", false, kSurvey, question,
       "--store: the machine that the drivers belong to (default: this one)"},
      {"tagdb", 0, "FILE", true, kReports, question, "another pooltag.txt or localtag.txt; repeatable"},
      {"apis", 0, "FILE", false, kScan, question, "more functions that take a tag, in the form of data/pool_apis.tsv"},
      {"include", 0, "GLOB", true, kScan, files,
       "only files that match; on the name, or on the path when GLOB has a slash"},
      {"exclude", 0, "GLOB", true, kScan, files, "leave out files that match"},
      {"files-from", 0, "FILE", false, kScan, files, "paths from FILE, one a line; - reads standard input"},
      {"any-suffix", 0, nullptr, false, kScan, files, "open every file, not only *.sys"},
      {"follow", 0, nullptr, false, kScan, files, "follow symbolic links and junctions"},
      {"offline", 0, nullptr, false, kScan, files, "read files that live in the cloud, which downloads them"},
      {"max-filesize", 0, "N", false, kScan, files, "skip files of more than N bytes (K, M, G; default 512M)"},
      {"shard", 0, "I/N", false, kScan, files,
       "only the I-th of N parts of the files, the same parts on every machine"},
      {"min-verdict", 0, "V", false, kLocate | kLeaks, output,
       "show candidates of V and better: proven, likely, possible or weak (default: weak ones only when there is "
       "nothing "
       "better, and at most five)"},
      {"explain", 0, nullptr, false, kScan, output,
       "every use with its chain of calls and instructions, and every reason"},
      {"names-only", 0, nullptr, false, kLocate | kSurvey, output,
       "print the paths of drivers and nothing else (TAG: of likely and proven ones)"},
      {"null", '0', nullptr, false, kScan, output,
       "names end in NUL bytes: those that --names-only prints, and those that --files-from reads"},
      {"by", 0, "tag", false, kSurvey, output, "one line per tag with the drivers that use it"},
      {"only", 0, "EVIDENCE", false, kSurvey, output,
       "only uses of this kind: allocates, lookaside, configures, frees, references, constant or predicted"},
      {"summary", 0, nullptr, false, kSurvey, output, "only the totals"},
      {"format", 0, "F", false, kReports, output,
       "text (default), ndjson, json or csv; html but for lookup; survey also localtag, pooltag, and with --check "
       "sarif, "
       "github or msbuild"},
      {"output", 'o', "FILE", false, kAllVerbs, output,
       "write results to FILE (atomically); .html, .csv, .json, .ndjson and .sarif choose the format"},
      {"color", 0, "WHEN", false, kReports, output, "auto (default), always or never"},
      {"jobs", 'j', "N", false, kScan, run, "worker threads; 0 (default) means one per processor"},
      {"low-priority", 0, nullptr, false, kScan, run, "leave processor and disk to others"},
      {"quiet", 'q', nullptr, false, kAllVerbs, run, "no progress and no notes; results and errors stay"},
      {"generate", 0, "KIND", false, kAllVerbs, run,
       "print a man page, completions for bash, zsh, fish or powershell, or the JSON schema of --format ndjson"},
      {"version", 'V', nullptr, false, kAllVerbs, run, "print version, engine, list and features"},
      {"help", 'h', nullptr, false, kAllVerbs, run, "print the help of the command"},
  };
  return table;
}

std::string_view option_values(std::string_view option, unsigned verbs) {
  if (option == "format") {
    if ((verbs & kSurvey) != 0) return "text ndjson json csv html localtag pooltag sarif github msbuild";
    return verbs == kLookup ? "text ndjson json csv" : "text ndjson json csv html";
  }
  if (option == "color") return "auto always never";
  if (option == "min-verdict") return "proven likely possible weak";
  if (option == "by") return "tag";
  if (option == "only") return "allocates lookaside configures frees references constant predicted";
  if (option == "generate") return "man bash zsh fish powershell schema";
  return {};
}

bool optional_argument(const OptionSpec& option) { return option.argument != nullptr && option.argument[0] == '['; }

bool belongs_to(const OptionSpec& option, Verb verb) { return (option.verbs & static_cast<unsigned>(verb)) != 0; }

std::string_view name_of(Verb verb) {
  const auto* name = std::find_if(std::begin(kVerbNames), std::end(kVerbNames),
                                  [verb](const VerbName& one) { return one.verb == verb; });
  return name == std::end(kVerbNames) ? std::string_view{} : name->name;
}

}  // namespace scanner

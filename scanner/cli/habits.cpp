// One table of words of ripgrep, grep, fd, findstr, strings and capa. Nearest words are tried only behind it: `--files`
// is a habit of ripgrep, and no mistyped --files-from.
#include "scanner/cli/habits.hpp"

#include <algorithm>
#include <array>

#include "scanner/cli/did_you_mean.hpp"
#include "scanner/walk/walk.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::cli {
namespace {

struct Habit {
  std::string_view words;   ///< separated by blanks
  std::string_view answer;  ///< a sentence without a full stop
};

constexpr std::array<Habit, 33> kHabits = {{
    {"-l --files-with-matches --list", "for names only: --names-only"},
    {"-L", "to follow links: --follow"},
    {"--files", "to list drivers: poolwho survey PATH --names-only"},
    {"-g --glob --iglob -T --type --type-add --extension", "for files by name: --include GLOB"},
    {"-E --ignore --type-not --exclude-dir", "to leave out files: --exclude GLOB"},
    {"-e --regexp --pattern --find", "for a tag: -t TAG (? stands for one character, * for all that follow)"},
    {"-f --file", "for tags from a file: --tags-from FILE"},
    {"-S --smart-case --iname", "for any letter case: -i"},
    {"-s --case-sensitive", "letter case matters already; for any letter case: -i"},
    {"-c --count --count-matches --stats", "for numbers: poolwho survey PATH --summary"},
    {"-n --line-number -b --byte-offset --offset --column --vimgrep --radix",
     "every result names its place already; --explain shows the instructions"},
    {"-v -vv --verbose --debug --trace -d --details", "for more: --explain"},
    {"--invert-match", "drivers that do not use a tag are not listed"},
    {"-r -R --recursive --recurse --subdirs", "folders are searched with all that is below them already"},
    {"--max-depth --maxdepth --depth", "folders are searched to the bottom; --exclude 'FOLDER/*' leaves parts out"},
    {"--sort --sort-files --sortr", "the order is by path already, best candidates first for a tag"},
    {"--no-color --no-colour --colour --nocolor --plain", "for colours: --color auto, always or never"},
    {"--pretty --heading -p", "for colours in a pipe: --color always"},
    {"--threads --workers --parallel", "for worker threads: -j N"},
    {"--hidden -H -u -uu -uuu --unrestricted --no-ignore -I",
     "hidden files are searched already; --any-suffix opens every file"},
    {"-a --text --binary --all-files", "to open every file: --any-suffix"},
    {"-m --max-count --max-results --top --limit --head -1",
     "for the best only: --min-verdict likely; for totals: poolwho survey PATH --summary"},
    {"-A -B -C --context --before-context --after-context", "for what surrounds a call: --explain"},
    {"-F --fixed-strings -w --word-regexp -x --line-regexp", "a tag is taken as it is, as a whole, already"},
    {"-P --pcre2 -E --regex", "a tag is no regular expression: ? stands for one character, * for all that follow"},
    {"--pdb --sym --pdb-path --symbol-path",
     "a .pdb or .map beside a driver is read by itself, others with --symbols DIR"},
    {"--print0 -print0 -z --zero", "for names that end in NUL: --names-only -0"},
    {"-X --exec --exec-batch", "for another program: --names-only -0 | xargs -0 PROGRAM"},
    {"--rules --lists --pooltag --database", "for another list of tags: --tagdb FILE"},
    {"--drive --volume --path --dir --directory --image --mount",
     "for a volume: --root DIR; other places are named behind the tag"},
    {"--size --max-size --filesize-limit --max-columns", "for large files: --max-filesize N"},
    {"--output-format --fmt --out-format", "for a format: --format text, ndjson, json, csv or html"},
    {"--silent --no-messages --no-progress --quiet-mode", "without progress and notes: -q"},
}};

std::string_view habit_of(std::string_view name) {
  for (const Habit& habit : kHabits) {
    std::string_view words = habit.words;
    while (!words.empty()) {
      const auto end = std::min(words.find(' '), words.size());
      if (words.substr(0, end) == name) return habit.answer;
      words.remove_prefix(std::min(words.size(), end + 1));
    }
  }
  return {};
}

}  // namespace

std::string about_unknown_option(std::string_view given) {
  const std::string name(given.substr(0, given.find('=')));
  const std::string word = name.starts_with("--") ? name.substr(2) : std::string();
  const std::string start = "unknown option '" + name + "'; ";
  std::string_view formats = option_values("format");
  while (!formats.empty() && !word.empty()) {
    const auto end = std::min(formats.find(' '), formats.size());
    if (formats.substr(0, end) == word) return start + "did you mean '--format " + word + "'?";
    formats.remove_prefix(std::min(formats.size(), end + 1));
  }
  if (const std::string_view answer = habit_of(name); !answer.empty()) return start + std::string(answer);
  std::vector<std::string> known;
  for (const OptionSpec& option : option_table()) known.emplace_back(option.name);
  if (const std::string meant = nearest_word(word, known); !meant.empty())
    return start + "did you mean '--" + meant + "'? (options are not abbreviated)";
  return start + "--help lists them";
}

std::string about_no_tag(const std::string& word) {
  std::string error;
  if (tagdb::parse_query(word, error)) return {};
  if (walk::exists(word) && !word.empty())
    return "'" + word + "' is a file or a folder, and the tag comes before it: poolwho TAG " + word +
           " (or poolwho survey " + word + " for all tags)";
  std::vector<std::string> verbs = {"version"};
  for (const VerbName& verb : kVerbNames) verbs.emplace_back(verb.name);
  const std::string meant = nearest_word(word, verbs);
  if (!meant.empty())
    return "'" + word + "' is no command, and a tag has one to four characters; did you mean '" + meant + "'?";
  return error + "; --help lists the commands";
}

}  // namespace scanner::cli

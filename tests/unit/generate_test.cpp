// Help, man page and completions say the same, and options that have no effect where they stand are refused.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "scanner/cli/generate.hpp"
#include "scanner/cli/habits.hpp"
#include "scanner/cli/help.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/report/screen.hpp"

using namespace scanner;

namespace {

/// Runs `script` behind the generated completion in a real bash and returns what it printed.
std::string in_bash(const std::string& script) {
  const std::string folder = TEST_DRIVERS "/..";
  std::ofstream(folder + "/completion.bash") << generate("bash") << script;
  const std::string command = "bash --norc " + folder + "/completion.bash > " + folder + "/completion.out 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  std::ifstream in(folder + "/completion.out");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string completions(const std::string& line) {
  return in_bash("COMP_WORDS=(" + line +
                 ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_poolwho\necho \"${COMPREPLY[*]}\"\n");
}

bool has_word(const std::string& text, const std::string& word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const char behind = at + word.size() < text.size() ? text[at + word.size()] : ' ';
    if (behind != '-' && (behind < 'a' || behind > 'z')) return true;
  }
  return false;
}

std::string in_roff(const std::string& name) {
  std::string out;
  for (const char c : name) out += c == '-' ? std::string("\\-") : std::string(1, c);
  return out;
}

/// A value that the option takes.
std::string value_of(const OptionSpec& option) {
  const std::string_view words = option_values(option.name);
  if (!words.empty()) return std::string(words.substr(0, words.find(' ')));
  const std::string argument = option.argument;
  return argument == "T" ? "30s" : argument == "I/N" ? "1/2" : argument == "N" ? "1" : "Some";
}

std::vector<std::string> call_of(Verb verb) {
  switch (verb) {
    case Verb::locate: return {"Leak", "/some/path"};
    case Verb::survey: return {"survey", "/some/path"};
    case Verb::leaks: return {"leaks", "/some/log"};
    case Verb::lookup: return {"lookup", "Leak"};
    case Verb::merge: return {"merge", "/some/catalogue"};
  }
  return {};
}

Parsed parse(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return parse_command_line(words);
}

}  // namespace

TEST_CASE("every option is in the help of its commands and of no other, in the man page and in four completions") {
  for (const auto& option : option_table()) {
    CAPTURE(option.name);
    const std::string name = std::string("--") + option.name;
    CHECK(has_word(cli::help_text(std::nullopt, 80), name));
    for (const VerbName& verb : kVerbNames) {
      CAPTURE(verb.name);
      const std::string row = option.letter != 0 ? std::string("\n  -") + option.letter + ", " : "\n      ";
      CHECK(has_word(cli::help_text(verb.verb, 80), row + name) == belongs_to(option, verb.verb));
    }
    CHECK(generate("man").find(in_roff(name)) != std::string::npos);
    CHECK(has_word(generate("bash"), name));
    CHECK(has_word(generate("zsh"), name));
    CHECK(generate("fish").find(std::string(" -l ") + option.name + " ") != std::string::npos);
    CHECK(generate("powershell").find("'" + name + "'") != std::string::npos);
  }
  CHECK(generate("cmd").empty());
}

TEST_CASE("an option is refused by name for every command that it does not belong to") {
  for (const auto& option : option_table()) {
    for (const VerbName& verb : kVerbNames) {
      if (belongs_to(option, verb.verb)) continue;
      CAPTURE(option.name);
      CAPTURE(verb.name);
      std::vector<std::string> given = {std::string("--") + option.name};
      if (option.argument != nullptr && !optional_argument(option)) given.push_back(value_of(option));
      if (verb.verb == Verb::merge) given.insert(given.end(), {"-o", "all.db"});
      const Parsed parsed = parse(call_of(verb.verb), given);
      CHECK_FALSE(parsed.options);
      CHECK(parsed.exit.code == 2);
      CHECK(parsed.exit.err.find(given[0]) != std::string::npos);
    }
  }
}

TEST_CASE("an option without effect beside the others is refused by name") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"Leak", "/some/p", "--root", "/some/r"}, "--root"},
      {{"survey", "/some/p", "--root", "/some/p"}, "--root"},
      {{"Leak", "/some/p", "--all"}, "--all"},
      {{"Leak", "--catalog", "/some/c", "--all"}, "--all"},
      {{"Leak", "/some/p", "-0"}, "-0"},
      {{"survey", "/some/p", "-0"}, "-0"},
      {{"Leak", "/some/p", "--names-only", "--format", "csv"}, "--names-only"},
      {{"Leak", "/some/p", "--names-only", "--explain"}, "--names-only"},
      {{"Leak", "/some/p", "--color", "always", "--format", "ndjson"}, "--color"},
      {{"Leak", "/some/p", "--explain", "--format", "csv"}, "--explain"},
      {{"Leak", "--catalog", "/some/c", "--include", "a*"}, "--include"},
      {{"Leak", "--catalog", "/some/c", "-j2"}, "--jobs"},
      {{"survey", "--catalog", "/some/c", "--store", "/some/s"}, "--store"},
      {{"survey", "/some/p", "--check", "--only", "frees"}, "--only"},
      {{"survey", "/some/p", "--by", "tag", "--format", "csv"}, "--by"},
      {{"survey", "/some/p", "--summary", "--format", "html"}, "--summary"},
      {{"survey", "/some/p", "--summary", "--explain"}, "--explain"},
      {{"survey", "/some/p", "--names-only", "--by", "tag"}, "--names-only"},
      {{"leaks", "/some/l", "--include", "a*"}, "--include"},
      {{"leaks", "/some/l", "--min-verdict", "likely"}, "--min-verdict"},
      {{"leaks", "/some/l", "--every", "1m"}, "--every"},
      {{"leaks", "--live", "--interval", "1m"}, "--interval"},
      {{"lookup", "tcpip.sys", "-i"}, "--ignore-case"},
      {{"lookup", "Leak", "--format", "html"}, "--format"},
      {{"Leak", "/some/p", "--diff", "/some/d"}, "--diff"},
      {{"survey", "/some/p", "--exit-code"}, "--exit-code"},
      {{"survey", "/some/p", "--allow", "/some/a"}, "--allow"},
      {{"survey", "/some/p", "--allow-from", "/some/a"}, "--allow"},
      {{"survey", "/some/p", "--format", "sarif"}, "sarif"},
      {{"survey", "/some/p", "--check=never_frees"}, "never_frees"},
  };
  for (const auto& [words, name] : cases) {
    std::string line;
    for (const std::string& word : words) line += word + " ";
    CAPTURE(line);
    const Parsed parsed = parse_command_line(words);
    CHECK_FALSE(parsed.options);
    CHECK(parsed.exit.code == 2);
    CHECK(parsed.exit.err.find(name) != std::string::npos);
  }
}

TEST_CASE("help fits the window, and asks about one command where one is named") {
  for (const std::size_t columns : {30U, 40U, 59U, 60U, 80U, 100U, 200U}) {
    for (const std::optional<Verb> verb : {std::optional<Verb>(), std::optional(Verb::locate),
                                           std::optional(Verb::survey), std::optional(Verb::leaks)}) {
      std::istringstream lines(cli::help_text(verb, columns));
      for (std::string line; std::getline(lines, line);) CHECK(report::display_width(line) <= columns);
    }
  }
  const std::string survey = parse_command_line({"survey", "--help"}).exit.out;
  CHECK(survey == parse_command_line({"help", "survey"}).exit.out);
  CHECK(survey.find("--baseline") != std::string::npos);
  CHECK(survey.find("--interval") == std::string::npos);
  CHECK(parse_command_line({"help"}).exit.out == parse_command_line({"--help"}).exit.out);
  CHECK(parse_command_line({"help", "survy"}).exit.err.find("help survey") != std::string::npos);
  CHECK(parse_command_line({"help", "/"}).options->tags == std::vector<std::string>{"help"});  // a tag, a place
  CHECK(parse_command_line({"locate", "help", "/"}).options->tags == std::vector<std::string>{"help"});
  CHECK(parse_command_line({"version"}).exit.out == parse_command_line({"--version"}).exit.out);
  CHECK(parse_command_line({"version"}).exit.out.starts_with("poolwho " POOLWHO_VERSION "\n"));
}

TEST_CASE("words of other tools are answered with ours") {
  const std::vector<std::pair<std::string, std::string>> habits = {{"-l", "--names-only"},
                                                                   {"-c", "--summary"},
                                                                   {"-n", "--explain"},
                                                                   {"-g", "--include"},
                                                                   {"-v", "--explain"},
                                                                   {"-S", "-i"},
                                                                   {"-e", "-t TAG"},
                                                                   {"-f", "--tags-from"},
                                                                   {"-r", "already"},
                                                                   {"-s", "-i"},
                                                                   {"-R", "already"},
                                                                   {"--type", "--include"},
                                                                   {"--stats", "--summary"},
                                                                   {"--files", "--names-only"},
                                                                   {"--debug", "--explain"},
                                                                   {"--count", "--summary"},
                                                                   {"--sort", "already"},
                                                                   {"--no-color", "--color"},
                                                                   {"--verbose", "--explain"},
                                                                   {"--threads=4", "-j"},
                                                                   {"--hidden", "already"},
                                                                   {"--top", "--min-verdict"},
                                                                   {"--limit", "--min-verdict"},
                                                                   {"--pdb", "already"},
                                                                   {"--json", "--format json"},
                                                                   {"--print0", "-0"},
                                                                   {"--exec", "xargs"},
                                                                   {"--max-depth", "--exclude"},
                                                                   {"--catalogue", "--catalog"},
                                                                   {"--formt", "--format"}};
  for (const auto& [given, answer] : habits) {
    CAPTURE(given);
    const std::string said = cli::about_unknown_option(given);
    const bool already = answer == "already" &&
                         (said.find("already") != std::string::npos || said.find("by itself") != std::string::npos);
    CHECK((already || said.find(answer) != std::string::npos));
    CHECK(said.find("did you mean '--files-from'") == std::string::npos);
  }
  CHECK(parse_command_line({"Leak", "/", "-l"}).exit.err.find("--names-only") != std::string::npos);
}

TEST_CASE("the suffix of the output chooses the format, unless one is named") {
  CHECK(parse_command_line({"Leak", "/some/p", "-o", "r.html"}).options->format == Format::html);
  CHECK(parse_command_line({"Leak", "/some/p", "-o", "r.CSV"}).options->format == Format::csv);
  CHECK(parse_command_line({"Leak", "/some/p", "-o", "r.ndjson"}).options->format == Format::ndjson);
  CHECK(parse_command_line({"Leak", "/some/p", "-o", "r.txt"}).options->format == Format::text);
  CHECK(parse_command_line({"Leak", "/some/p", "-o", "my.json/r"}).options->format == Format::text);
  CHECK(parse_command_line({"Leak", "/some/p", "-o", "r.html", "--format", "text"}).options->format == Format::text);
}

TEST_CASE("several tags before a place, and findstr's /i") {
  CHECK(parse_command_line({"Leak", "Dcoy", "/"}).options->tags == std::vector<std::string>{"Leak", "Dcoy"});
  CHECK(parse_command_line({"Leak", "zzzz"}).exit.err.find("poolwho locate Leak zzzz PATH") != std::string::npos);
  const Parsed findstr = parse_command_line({"/s", "/i", "/m", "leak", "*.sys"});
  CHECK(findstr.options->ignore_case);
  CHECK(findstr.options->names_only);
}

TEST_CASE("bash completes options, values and commands of the command at hand") {
  CHECK(completions("poolwho --tagd").find("--tagdb") != std::string::npos);
  CHECK(completions("poolwho survey --format ndj") == "ndjson\n");
  CHECK(completions("poolwho survey --format ''") ==
        "text ndjson json csv html localtag pooltag sarif github msbuild\n");
  CHECK(completions("poolwho surv") == "survey\n");
  CHECK(completions("poolwho --color ''") == "auto always never\n");
  CHECK(completions("poolwho survey --by --che").find("--check") == std::string::npos);
  CHECK(completions("poolwho survey --ch") == "--check\n");
  CHECK(completions("poolwho leaks --ch") == "\n");
  CHECK(completions("poolwho help su") == "survey\n");
}

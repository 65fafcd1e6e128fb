// One column for the options and one for what they do, as wide as the window allows; below 60 columns the text stands
// below the option.
#include "scanner/cli/help.hpp"

#include <algorithm>
#include <array>

#include "scanner/report/screen.hpp"

namespace scanner::cli {
namespace {

constexpr std::size_t kNarrow = 60, kWidest = 100, kOptionColumn = 26;

constexpr const char* kTagForms =
    "TAG is what poolmon shows: Leak, \"Io  \", Afd?, Afd*, \\x4c\\x65\\x61\\x6b, or 0x6B61654C as a debugger prints "
    "it.";

std::string exit_codes() {
  std::string out = "Exit codes:";
  for (const ExitCode& one : kExitCodeTable) out += std::string(" ") + one.code + " " + one.meaning + ".";
  return out;
}

/// The words that stand for one command where an option means something else, or less, for it.
std::string help_of(const OptionSpec& option, std::optional<Verb> verb) {
  const std::string_view name = option.name;
  if (verb && name == "output" && *verb == Verb::merge)
    return "the catalogue to write (as a whole, when it is complete)";
  if (!verb || name != "format") return option.help;
  if (*verb == Verb::survey)
    return "text (default), ndjson, json, csv, html, localtag or pooltag; with --check also sarif, github or msbuild";
  std::string out;
  std::string_view words = option_values(name, static_cast<unsigned>(*verb));
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    const std::string_view rest = words.substr(std::min(words.size(), end + 1));
    out += (out.empty() ? "" : rest.empty() ? " or " : ", ") + std::string(words.substr(0, end));
    if (words.substr(0, end) == "text") out += " (default)";
    words = rest;
  }
  return out;
}

std::string spelled(const OptionSpec& option) {
  std::string out = option.letter != 0 ? std::string("-") + option.letter + ", --" : "    --";
  out += option.name;
  if (option.argument != nullptr) out += (optional_argument(option) ? "" : " ") + std::string(option.argument);
  return out;
}

void add_row(std::string& out, const std::string& left, const std::string& right, std::size_t columns) {
  if (columns < kNarrow) {
    out += report::wrapped("  " + left, columns, 4) + "\n" + report::wrapped("    " + right, columns, 4) + "\n";
    return;
  }
  std::string line = report::padded("  " + left, kOptionColumn);
  if (report::display_width(line) > kOptionColumn) {
    out += line + "\n";
    line = std::string(kOptionColumn, ' ');
  }
  out += report::wrapped(line + "  " + right, columns, kOptionColumn + 2) + "\n";
}

void add_options(std::string& out, std::optional<Verb> verb, std::size_t columns) {
  static constexpr std::array<std::pair<Topic, const char*>, 4> kTopics = {{{Topic::question, "What to ask"},
                                                                            {Topic::files, "Which files"},
                                                                            {Topic::output, "Output"},
                                                                            {Topic::run, "The run"}}};
  for (const auto& [topic, heading] : kTopics) {
    bool headed = false;
    for (const OptionSpec& option : option_table()) {
      if (option.topic != topic || (verb && !belongs_to(option, *verb))) continue;
      if (!headed) out += std::string("\n") + heading + "\n";
      headed = true;
      std::string text = help_of(option, verb);
      if (!verb && option.verbs != kAllVerbs) {
        text += " [";
        std::string separator;
        for (const VerbName& name : kVerbNames) {
          if (!belongs_to(option, name.verb)) continue;
          text += separator + name.name;
          separator = ", ";
        }
        text += "]";
      }
      add_row(out, spelled(option), text, columns);
    }
  }
}

}  // namespace

std::string help_text(std::optional<Verb> verb, std::size_t columns) {
  columns = std::clamp<std::size_t>(columns, 24, kWidest);
  std::string out;
  if (!verb) {
    out = report::wrapped("poolwho names the driver that allocates with a Windows pool tag, and proves it.", columns) +
          "\n\n";
    for (const VerbSpec& spec : verb_table()) add_row(out, std::string("poolwho ") + spec.usage, spec.summary, columns);
    add_row(out, "poolwho help [COMMAND]", "shows the options of one command", columns);
    add_row(out, "poolwho version", "prints version, engine, list and features", columns);
    out += "\n" + report::wrapped(kTagForms, columns) + "\n";
  } else {
    const auto spec = std::find_if(verb_table().begin(), verb_table().end(),
                                   [verb](const VerbSpec& one) { return one.verb == *verb; });
    out = report::wrapped(std::string("poolwho ") + spec->usage, columns, 2) + "\n" +
          report::wrapped(std::string("  ") + spec->summary, columns, 2) + "\n";
    if (*verb == Verb::locate || *verb == Verb::lookup) out += "\n" + report::wrapped(kTagForms, columns) + "\n";
    if (*verb == Verb::locate)
      out +=
          report::wrapped("For several tags: poolwho locate TAG TAG... PATH, or -t TAG -t TAG PATH.", columns) + "\n";
  }
  add_options(out, verb, columns);
  out += "\nExamples\n";
  for (const VerbSpec& spec : verb_table()) {
    if (!verb || spec.verb == *verb) out += report::wrapped(std::string("  ") + spec.example, columns, 4) + "\n";
  }
  return out + "\n" + report::wrapped(exit_codes(), columns) + "\n";
}

}  // namespace scanner::cli

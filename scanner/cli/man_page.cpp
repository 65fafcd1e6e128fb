// The man page in roff, from the same tables as the help, and what only a page has room for: verdicts, files, exit
// codes.
#include <array>

#include "scanner/cli/generate.hpp"
#include "scanner/cli/help.hpp"
#include "scanner/cli/options.hpp"

namespace scanner {
namespace {

/// roff takes a dash for a hyphen and a leading dot for a request.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-') {
      out += "\\-";
    } else if (c == '\\') {
      out += "\\e";
    } else {
      if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
      out += c;
    }
  }
  return out;
}

using Rows = std::vector<std::pair<std::string, std::string>>;

std::string section(const std::string& name, const Rows& rows) {
  std::string out = ".SH " + name + "\n";
  for (const auto& [term, text] : rows) out += ".TP\n.B " + roff(term) + "\n" + roff(text) + "\n";
  return out;
}

std::string synopsis() {
  std::string out = ".SH SYNOPSIS\n";
  for (const VerbSpec& spec : verb_table()) {
    if (spec.verb != Verb::locate) out += ".br\n";
    out += ".B poolwho\n[\\fIOPTION\\fR]... " + roff(spec.usage) + "\n";
  }
  return out + ".br\n.B poolwho help\n[\\fICOMMAND\\fR]\n";
}

std::string commands() {
  Rows rows;
  for (const VerbSpec& spec : verb_table())
    rows.emplace_back(std::string("poolwho ") + spec.usage, std::string(spec.summary) + ".");
  rows.emplace_back("poolwho help [COMMAND]", "shows the options of one command.");
  rows.emplace_back("poolwho version", "prints version, commit, engine, list and features.");
  return section("COMMANDS", rows);
}

std::string options() {
  std::string out = ".SH OPTIONS\nCommands that an option belongs to are named in brackets.\n";
  for (const OptionSpec& option : option_table()) {
    out += ".TP\n";
    if (option.letter != 0) out += std::string("\\fB\\-") + option.letter + "\\fR, ";
    out += "\\fB\\-\\-" + roff(option.name) + "\\fR";
    if (option.argument != nullptr)
      out += std::string(optional_argument(option) ? "\\fI" : " \\fI") + roff(option.argument) + "\\fR";
    out += "\n" + roff(option.help);
    if (option.verbs != kAllVerbs) {
      std::string names;
      for (const VerbName& verb : kVerbNames) {
        if (belongs_to(option, verb.verb)) names += (names.empty() ? "" : ", ") + std::string(verb.name);
      }
      out += " [" + names + "]";
    }
    out += "\n";
  }
  return out;
}

std::string reference() {
  std::string out = section(
      "VERDICTS",
      {{"proven", "The constant reaches the tag argument of an allocation, a lookaside list or a configured pool."},
       {"likely",
        "As above, but it depends on an assumption, which is shown; or the driver frees with the tag and is its listed "
        "owner."},
       {"possible",
        "The driver frees with the tag; or it is the listed owner and holds the tag as a number; or KMDF charges it; "
        "or "
        "the tag never proves an owner."},
       {"weak",
        "The four bytes occur in the file, in a string or as a number not connected to any call. Shown only when there "
        "is nothing better, and at most five."},
       {"listed", "What the tag lists say, not the code."}});
  out += section("ENVIRONMENT",
                 {{"NO_COLOR", "Set to anything: no colours unless --color always is given."},
                  {"TERM", "dumb: no colours and no progress."},
                  {"LC_ALL, LC_CTYPE, LANG", "Whether the terminal shows UTF-8: charts, and letters above 127."},
                  {"SystemRoot", "Windows: where the running system lies."}});
  out += section("FILES",
                 {{"Windows/System32/drivers", "Below --root DIR: where a search begins, in any letter case."},
                  {"Windows/System32/config/SYSTEM", "Which driver services exist, when no --loaded-from is given."},
                  {"pooltag.txt", "That of debuggers or driver kits on the volume is read, too."},
                  {"DRIVER.pdb, DRIVER.map", "Beside a driver: names of its functions."}});
  Rows codes;
  for (const cli::ExitCode& one : cli::kExitCodeTable) {
    std::string meaning = one.meaning;
    meaning[0] = static_cast<char>(meaning[0] - 'a' + 'A');
    codes.emplace_back(one.code, meaning + ".");
  }
  out += section("EXIT STATUS", codes);
  out += ".SH EXAMPLES\n.nf\n";
  for (const VerbSpec& spec : verb_table()) out += roff(spec.example) + "\n";
  out += roff(
      "poolwho locate Leak Dcoy drivers\npoolwho survey drivers --format ndjson -o drivers.ndjson\n"
      "poolwho Leak drivers --names-only -0 | xargs -0 sha256sum\n");
  return out +
         ".fi\n.SH SEE ALSO\n.BR strings (1).\nOn Windows: findstr, sigcheck, poolmon, WinDbg (!poolused, !pooltag), "
         "Driver Verifier, xperf.\n";
}

}  // namespace

std::string man_page() {
  return ".TH POOLWHO 1 \"\" \"poolwho " POOLWHO_VERSION
         "\" \"User Commands\"\n"
         ".SH NAME\npoolwho \\- name the Windows driver behind a kernel pool tag\n" +
         synopsis() +
         ".SH DESCRIPTION\n"
         "poolwho reads the code of Windows drivers and says which of them allocates kernel pool with a tag, with the "
         "call\n"
         "sites as proof. It follows the tag through registers, the stack, globals, tables and the drivers' own "
         "wrappers\n"
         "into the kernel's allocators. A driver \\fIallocates with\\fR a tag; only its numbers over time tell whether "
         "it leaks.\n" +
         commands() + options() + reference();
}

}  // namespace scanner

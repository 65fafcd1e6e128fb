#include "scanner/generate.hpp"

#include <array>

#include "scanner/options.hpp"

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

std::string man_page() {
  std::string out =
      ".TH POOLWHO 1 \"\" \"poolwho " POOLWHO_VERSION
      "\" \"User Commands\"\n"
      ".SH NAME\npoolwho \\- name the Windows driver behind a kernel pool tag\n"
      ".SH SYNOPSIS\n"
      ".B poolwho\n[\\fIOPTION\\fR]... \\fITAG\\fR [\\fIPATH\\fR]...\n.br\n"
      ".B poolwho survey\n[\\fIOPTION\\fR]... \\fIPATH\\fR...\n.br\n"
      ".B poolwho leaks\n[\\fIOPTION\\fR]... \\fILOG\\fR...\n.br\n"
      ".B poolwho lookup\n[\\fIOPTION\\fR]... \\fITAG\\fR...\n.br\n"
      ".B poolwho merge\n[\\fIOPTION\\fR]... \\fICATALOG\\fR... \\-o \\fIOUT\\fR\n"
      ".SH DESCRIPTION\n"
      "poolwho reads the code of Windows drivers and says which of them allocates kernel pool with a tag, with the "
      "call\n"
      "sites as proof. It follows the tag through registers, the stack, globals, tables and the drivers' own wrappers\n"
      "into the kernel's allocators.\n"
      ".SH OPTIONS\n";
  for (const OptionSpec& option : option_table()) {
    out += ".TP\n";
    if (option.letter != 0) out += std::string("\\fB\\-") + option.letter + "\\fR, ";
    out += "\\fB\\-\\-" + roff(option.name) + "\\fR";
    if (option.argument != nullptr) out += std::string(" \\fI") + roff(option.argument) + "\\fR";
    out += "\n" + roff(option.help) + "\n";
  }
  out += ".SH EXIT STATUS\n";
  constexpr std::array<std::pair<const char*, const char*>, 5> kCodes = {
      {{"0", "Found; survey: every driver was read."},
       {"1", "Nothing found, and the search was complete; survey \\-\\-check: findings, or no driver."},
       {"2", "Wrong usage, or a named path cannot be read."},
       {"3", "Incomplete: an image could not be read or parsed."},
       {"130", "Interrupted; what is complete was printed."}}};
  for (const auto& [code, meaning] : kCodes) out += std::string(".TP\n.B ") + code + "\n" + meaning + "\n";
  return out + ".SH EXAMPLES\n.nf\npoolwho Leak \\-\\-root /mnt/c\npoolwho survey drivers \\-\\-format ndjson\n.fi\n";
}

/// Values that an option takes, for completion; empty when any word will do.
std::string_view values_of(std::string_view option) {
  if (option == "format") return "text ndjson json csv html localtag pooltag";
  if (option == "color") return "auto always never";
  if (option == "min-verdict") return "proven likely possible weak";
  if (option == "generate") return "man bash powershell";
  return {};
}

std::string bash() {
  std::string options, cases;
  for (const OptionSpec& option : option_table()) {
    options += std::string(options.empty() ? "" : " ") + "--" + option.name;
    if (option.letter != 0) options += std::string(" -") + option.letter;
    if (option.argument == nullptr) continue;
    const std::string_view values = values_of(option.name);
    const std::string argument = option.argument;
    std::string action;
    if (!values.empty()) {
      action = "COMPREPLY=($(compgen -W '" + std::string(values) + "' -- \"$current\"))";
    } else if (argument.find("FILE") != std::string::npos || argument.ends_with(".sys")) {
      action = "COMPREPLY=($(compgen -f -- \"$current\"))";
    } else if (argument == "DIR") {
      action = "COMPREPLY=($(compgen -d -- \"$current\"))";
    } else {
      action = "COMPREPLY=()";
    }
    cases += std::string("    --") + option.name + (option.letter != 0 ? std::string("|-") + option.letter : "") +
             ") " + action + "; return ;;\n";
  }
  std::string verbs;
  for (const VerbName& verb : kVerbNames) verbs += (verbs.empty() ? "" : " ") + std::string(verb.name);
  return "# bash completion for poolwho\n"
         "_poolwho() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  compopt -o filenames 2>/dev/null\n"
         "  case $previous in\n" +
         cases +
         "  esac\n"
         "  if [[ $current == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         options +
         "' -- \"$current\"))\n"
         "  elif (( COMP_CWORD == 1 )); then\n"
         "    COMPREPLY=($(compgen -W '" +
         verbs +
         "' -- \"$current\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "  fi\n"
         "}\n"
         "complete -F _poolwho poolwho\n";
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string powershell() {
  std::string options;
  for (const OptionSpec& option : option_table())
    options += "    @(" + single_quoted(std::string("--") + option.name) + ", " + single_quoted(option.help) + ")\n";
  std::string verbs, values;
  for (const VerbName& verb : kVerbNames) verbs += (verbs.empty() ? "" : ", ") + single_quoted(verb.name);
  for (const OptionSpec& option : option_table()) {
    const std::string_view list = values_of(option.name);
    if (!list.empty())
      values += "    " + single_quoted(std::string("--") + option.name) + " = " + single_quoted(list) + "\n";
  }
  return "# PowerShell completion for poolwho: dot-source it in $PROFILE\n"
         "Register-ArgumentCompleter -Native -CommandName poolwho, poolwho.exe -ScriptBlock {\n"
         "  param($word, $ast, $cursor)\n"
         "  $options = @(\n" +
         options +
         "  )\n"
         "  $values = @{\n" +
         values +
         "  }\n"
         "  $words = @($ast.CommandElements | ForEach-Object { $_.ToString() })\n"
         "  $previous = if ($word) { $words[-2] } else { $words[-1] }\n"
         "  if ($values.ContainsKey($previous)) {\n"
         "    $values[$previous].Split(' ') | Where-Object { $_ -like \"$word*\" } |\n"
         "      ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n"
         "  } elseif ($word -like '-*') {\n"
         "    $options | Where-Object { $_[0] -like \"$word*\" } | ForEach-Object {\n"
         "      [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterName', $_[1]) }\n"
         "  } elseif ($words.Count -le 2) {\n"
         "    " +
         verbs +
         " | Where-Object { $_ -like \"$word*\" } |\n"
         "      ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n"
         "  }\n"
         "}\n";
}

}  // namespace

std::string generate(std::string_view kind) {
  if (kind == "man") return man_page();
  if (kind == "bash") return bash();
  if (kind == "powershell") return powershell();
  return {};
}

}  // namespace scanner

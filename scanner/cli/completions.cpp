// Completions for four shells. Each finds the command among the words typed so far and offers that command's options.
#include <string>
#include <vector>

#include "scanner/cli/generate.hpp"
#include "scanner/cli/options.hpp"

namespace tagdb {
std::string_view builtin_ndjson_schema();  // generated from data/ndjson.schema.json
}

namespace scanner {
namespace {

enum class Argument { none, words, file, folder, other };

Argument kind_of(const OptionSpec& option) {
  if (option.argument == nullptr || optional_argument(option)) return Argument::none;
  if (!option_values(option.name).empty()) return Argument::words;
  const std::string argument = option.argument;
  if (argument.find("FILE") != std::string::npos || argument.ends_with(".sys")) return Argument::file;
  return argument == "DIR" ? Argument::folder : Argument::other;
}

/// The commands that are typed as words, and `help`.
std::string typed_verbs(std::string_view separator) {
  std::string out;
  for (const VerbName& verb : kVerbNames) out += verb.name + std::string(separator);
  return out + "help";
}

std::string replaced(std::string_view text, char from, std::string_view to) {
  std::string out;
  for (const char c : text) out += c == from ? std::string(to) : std::string(1, c);
  return out;
}

std::string bash_options(Verb verb) {
  std::string out;
  for (const OptionSpec& option : option_table()) {
    if (!belongs_to(option, verb)) continue;
    out += std::string(out.empty() ? "" : " ") + "--" + option.name;
    if (option.letter != 0) out += std::string(" -") + option.letter;
  }
  return out;
}

std::string bash() {
  std::string cases, options;
  for (const OptionSpec& option : option_table()) {
    std::string action = "COMPREPLY=()";
    switch (kind_of(option)) {
      case Argument::none: continue;
      case Argument::words:
        action = "COMPREPLY=($(compgen -W '" + std::string(option_values(option.name)) + "' -- \"$current\"))";
        break;
      case Argument::file: action = "COMPREPLY=($(compgen -f -- \"$current\"))"; break;
      case Argument::folder: action = "COMPREPLY=($(compgen -d -- \"$current\"))"; break;
      case Argument::other: break;
    }
    cases += std::string("    --") + option.name + (option.letter != 0 ? std::string("|-") + option.letter : "") +
             ") " + action + "; return ;;\n";
  }
  for (const VerbName& verb : kVerbNames)
    options += std::string("      ") + verb.name + ") options='" + bash_options(verb.verb) + "' ;;\n";
  return "# bash completion for poolwho\n"
         "_poolwho() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} verb=locate word options\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case $word in " +
         typed_verbs("|") +
         ") verb=$word; break ;; esac\n"
         "  done\n"
         "  compopt -o filenames 2>/dev/null\n"
         "  case $previous in\n" +
         cases +
         "  esac\n"
         "  if [[ $current == -* ]]; then\n"
         "    case $verb in\n" +
         options +
         "    esac\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
         "  elif (( COMP_CWORD == 1 )) || [[ $verb == help ]]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         typed_verbs(" ") +
         "' -- \"$current\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "  fi\n"
         "}\n"
         "complete -F _poolwho poolwho\n";
}

/// `'*'{-t,--tag}'[a tag]:TAG:'`
std::string zsh_spec(const OptionSpec& option, Verb verb) {
  std::string help = replaced(replaced(option.help, '\'', "'\\''"), '[', "\\[");
  help = replaced(replaced(help, ']', "\\]"), ':', "\\:");
  const std::string name = std::string("--") + option.name;
  std::string out = option.repeatable ? "'*'" : "";
  if (option.letter != 0) {
    const std::string letter = std::string("-") + option.letter;
    if (!option.repeatable) out = "'(" + letter + " " + name + ")'";
    out += "{" + letter + "," + name + "}";
  } else {
    out += "'" + name + "'";
  }
  out += "'[" + help + "]";
  const std::string argument = option.argument != nullptr ? option.argument : "";
  switch (kind_of(option)) {
    case Argument::none: break;
    case Argument::words:
      out += ":" + argument + ":(" + std::string(option_values(option.name, static_cast<unsigned>(verb))) + ")";
      break;
    case Argument::file: out += ":" + argument + ":_files"; break;
    case Argument::folder: out += ":" + argument + ":_files -/"; break;
    case Argument::other: out += ":" + argument + ": "; break;
  }
  return out + "'";
}

std::string zsh() {
  std::string cases;
  for (const VerbName& verb : kVerbNames) {
    cases += std::string("    (") + verb.name + ") options=(\n";
    for (const OptionSpec& option : option_table()) {
      if (belongs_to(option, verb.verb)) cases += "      " + zsh_spec(option, verb.verb) + "\n";
    }
    cases += "    ) ;;\n";
  }
  return "#compdef poolwho\n"
         "_poolwho() {\n"
         "  local verb=locate word\n"
         "  local -a options\n"
         "  for word in ${words[2,CURRENT-1]}; do\n"
         "    case $word in (" +
         typed_verbs("|") +
         ") verb=$word; break ;; esac\n"
         "  done\n"
         "  case $verb in\n" +
         cases +
         "  esac\n"
         "  _arguments -S $options '1:command or tag:(" +
         typed_verbs(" ") +
         ")' '*:file:_files'\n"
         "}\n"
         "if [[ $funcstack[1] == _poolwho ]]; then _poolwho \"$@\"; else compdef _poolwho poolwho; fi\n";
}

std::string fish_quoted(std::string_view text) {
  return "'" + replaced(replaced(text, '\\', "\\\\"), '\'', "\\'") + "'";
}

/// locate is what there is without a word for it.
std::string fish_condition(const OptionSpec& option) {
  if (option.verbs == kAllVerbs) return {};
  std::string with, without;
  for (const VerbName& verb : kVerbNames)
    (belongs_to(option, verb.verb) ? with : without) += std::string(" ") + verb.name;
  return belongs_to(option, Verb::locate) ? " -n 'not __fish_seen_subcommand_from" + without + " help'"
                                          : " -n '__fish_seen_subcommand_from" + with + "'";
}

std::string fish() {
  std::string out = "# fish completion for poolwho\n";
  for (const VerbSpec& verb : verb_table()) {
    out += "complete -c poolwho -n '__fish_is_first_arg' -a " + std::string(name_of(verb.verb)) + " -d " +
           fish_quoted(verb.summary) + "\n";
  }
  out += "complete -c poolwho -n '__fish_is_first_arg' -a help -d 'shows the options of one command'\n";
  out += "complete -c poolwho -n '__fish_seen_subcommand_from help' -f -a '" + typed_verbs(" ") + "'\n";
  for (const OptionSpec& option : option_table()) {
    out += "complete -c poolwho" + fish_condition(option) + " -l " + option.name;
    if (option.letter != 0) out += std::string(" -s ") + option.letter;
    switch (kind_of(option)) {
      case Argument::none: break;
      case Argument::words: out += " -x -a " + fish_quoted(option_values(option.name)); break;
      case Argument::file: out += " -r -F"; break;
      case Argument::folder: out += " -x -a '(__fish_complete_directories)'"; break;
      case Argument::other: out += " -x"; break;
    }
    out += " -d " + fish_quoted(option.help) + "\n";
  }
  return out;
}

std::string single_quoted(std::string_view text) { return "'" + replaced(text, '\'', "''") + "'"; }

std::string powershell() {
  std::string options, values, verbs;
  for (const OptionSpec& option : option_table()) {
    std::string owners;
    for (const VerbName& verb : kVerbNames) {
      if (belongs_to(option, verb.verb)) owners += (owners.empty() ? "" : " ") + std::string(verb.name);
    }
    options += "    @(" + single_quoted(std::string("--") + option.name) + ", " + single_quoted(option.help) + ", " +
               single_quoted(owners) + ")\n";
    const std::string_view list = option_values(option.name);
    if (!list.empty())
      values += "    " + single_quoted(std::string("--") + option.name) + " = " + single_quoted(list) + "\n";
  }
  for (const VerbName& verb : kVerbNames) verbs += single_quoted(verb.name) + ", ";
  verbs += "'help'";
  return "# PowerShell completion for poolwho: dot-source it in $PROFILE\n"
         "Register-ArgumentCompleter -Native -CommandName poolwho, poolwho.exe -ScriptBlock {\n"
         "  param($word, $ast, $cursor)\n"
         "  $options = @(\n" +
         options +
         "  )\n"
         "  $values = @{\n" +
         values +
         "  }\n"
         "  $verbs = " +
         verbs +
         "\n"
         "  $words = @($ast.CommandElements | ForEach-Object { $_.ToString() })\n"
         "  $verb = @($words | Select-Object -Skip 1 | Where-Object { $verbs -contains $_ }) + 'locate' | "
         "Select-Object "
         "-First 1\n"
         "  $previous = if ($word) { $words[-2] } else { $words[-1] }\n"
         "  if ($values.ContainsKey($previous)) {\n"
         "    $values[$previous].Split(' ') | Where-Object { $_ -like \"$word*\" } |\n"
         "      ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n"
         "  } elseif ($word -like '-*') {\n"
         "    $options | Where-Object { $_[0] -like \"$word*\" -and $_[2].Split(' ') -contains $verb } | "
         "ForEach-Object "
         "{\n"
         "      [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterName', $_[1]) }\n"
         "  } elseif ($words.Count -le 2) {\n"
         "    $verbs | Where-Object { $_ -like \"$word*\" } |\n"
         "      ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n"
         "  }\n"
         "}\n";
}

}  // namespace

std::string generate(std::string_view kind) {
  if (kind == "man") return man_page();
  if (kind == "bash") return bash();
  if (kind == "zsh") return zsh();
  if (kind == "fish") return fish();
  if (kind == "powershell") return powershell();
  if (kind == "schema") return std::string(tagdb::builtin_ndjson_schema());
  return {};
}

}  // namespace scanner

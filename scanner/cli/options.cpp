#include "scanner/cli/options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>

#include "scanner/cli/findstr_habits.hpp"
#include "scanner/cli/generate.hpp"
#include "scanner/cli/habits.hpp"
#include "scanner/cli/help.hpp"
#include "scanner/cli/positionals.hpp"
#include "scanner/cli/refusals.hpp"
#include "scanner/cli/values.hpp"
#include "scanner/platform/console.hpp"
#include "scanner/report/model.hpp"
#include "scanner/report/screen.hpp"

namespace scanner {
namespace {

namespace po = boost::program_options;

/// Boost puts the user's words into its messages, and then looks for its placeholders again, for ever when a word holds
/// one. Such words get no message of Boost's.
std::string reason_of(const po::error& error, const std::vector<std::string>& words) {
  const bool placeholder = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return std::count(word.begin(), word.end(), '%') > 1;
  });
  return placeholder ? "one of the options or its argument is wrong" : error.what();
}

/// `--tag`, however Boost spells it.
std::string plain_name(const std::string& name) {
  const auto start = name.find_first_not_of('-');
  return start == std::string::npos ? name : "--" + name.substr(start);
}

/// "--tag needs a value, such as --tag Leak"
std::string needs_value(const std::string& given, const std::vector<std::string>& words, const po::error& error) {
  const std::string name = plain_name(given);
  const std::string bare = name.starts_with("--") ? name.substr(2) : std::string();  // Boost may name none
  for (const OptionSpec& option : option_table()) {
    const bool letter = bare.size() == 1 && option.letter == bare[0];
    if (option.argument == nullptr || (bare != option.name && !letter)) continue;
    const std::string_view some = option_values(option.name);
    const std::string full = std::string("--") + option.name;
    return full + " needs a value: " + full + " " +
           (some.empty() ? option.argument : std::string(some.substr(0, some.find(' '))));
  }
  return reason_of(error, words) + " (--help shows how)";
}

/// Columns for texts about the program.
std::size_t window(Stream stream) {
  const bool terminal = stream == Stream::out ? stdout_is_terminal() : stderr_is_terminal();
  return terminal ? terminal_size(stream).columns : 80;
}

Parsed usage_error(const std::string& message) {
  Parsed parsed;
  const std::string text = "poolwho: " + pe::printable(message);
  parsed.exit = {2, {}, (stderr_is_terminal() ? report::wrapped(text, window(Stream::err) - 1, 2) : text) + "\n"};
  return parsed;
}

po::options_description description() {
  po::options_description options;
  for (const OptionSpec& option : option_table()) {
    const std::string names = option.letter != 0 ? std::string(option.name) + "," + option.letter : option.name;
    if (option.argument == nullptr) {
      options.add_options()(names.c_str(), po::bool_switch());
    } else if (optional_argument(option)) {
      options.add_options()(names.c_str(), po::value<std::string>()->implicit_value(""));
    } else if (option.repeatable) {
      options.add_options()(names.c_str(), po::value<std::vector<std::string>>()->composing());
    } else {
      options.add_options()(names.c_str(), po::value<std::string>());
    }
  }
  options.add_options()("positional", po::value<std::vector<std::string>>());
  return options;
}

/// --help, --version, --generate and no words at all: no command is run.
std::optional<EarlyExit> early_exit(const po::variables_map& values, const std::vector<std::string>& words,
                                    bool nothing_given) {
  const cli::HelpRequest request = cli::help_request(words);
  if (values["help"].as<bool>() || request.asked) {
    if (!request.error.empty()) return EarlyExit{2, {}, "poolwho: " + request.error + "\n"};
    std::optional<Verb> verb = request.verb;
    if (!request.asked && !words.empty()) verb = cli::verb_of(words.front());
    return EarlyExit{0, cli::help_text(verb, window(Stream::out)), {}};
  }
  if (values["version"].as<bool>() || request.version) return EarlyExit{0, cli::version_text(), {}};
  if (values.count("generate") != 0) {
    const std::string kind = values["generate"].as<std::string>();
    std::string text = generate(kind);
    if (text.empty()) return EarlyExit{2, {}, "poolwho: " + cli::one_of("generate", kind) + "\n"};
    return EarlyExit{0, std::move(text), {}};
  }
  if (nothing_given) return EarlyExit{2, {}, cli::help_text(std::nullopt, window(Stream::err))};
  return std::nullopt;
}

}  // namespace

Parsed parse_command_line(std::vector<std::string> arguments) {
  std::string misunderstood;
  arguments = translate_findstr_habits(std::move(arguments), misunderstood);
  if (!misunderstood.empty()) return usage_error(misunderstood);
  po::variables_map values;
  std::vector<std::string> words;
  try {
    const auto options = description();
    po::positional_options_description positional;
    positional.add("positional", -1);
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const auto parsed = po::command_line_parser(arguments).options(options).positional(positional).style(style).run();
    po::store(parsed, values);
    po::notify(values);
    if (values.count("positional") != 0) words = values["positional"].as<std::vector<std::string>>();
  } catch (const po::unknown_option& error) {
    return usage_error(cli::about_unknown_option(error.get_option_name()));
  } catch (const po::invalid_command_line_syntax& error) {
    return usage_error(needs_value(error.get_option_name(), arguments, error));
  } catch (const po::multiple_occurrences& error) {
    return usage_error(plain_name(error.get_option_name()) + " is given twice; once is enough");
  } catch (const po::error& error) {
    return usage_error(reason_of(error, arguments) + " (--help shows how)");
  }
  if (auto exit = early_exit(values, words, arguments.empty())) return {std::nullopt, std::move(*exit)};
  Options options;
  if (!words.empty()) options.verb = cli::verb_of(words.front()).value_or(options.verb);
  std::string error = cli::take_values(values, options);
  const bool tags_given = !options.tags.empty() || options.tags_from || options.from_dump;
  if (error.empty()) error = cli::take_positionals(std::move(words), tags_given, options, options.understood);
  const auto given = [&values](std::string_view name) {
    const auto& value = values[std::string(name)];
    return !value.empty() && (value.value().type() != typeid(bool) || value.as<bool>());
  };
  if (error.empty()) error = cli::refused(given, options);
  if (options.verb == Verb::survey && options.root && options.paths.empty() && !options.files_from && !options.catalog)
    options.paths.push_back(*options.root);
  if (!error.empty()) return usage_error(error);
  Parsed parsed;
  parsed.options = std::move(options);
  return parsed;
}

}  // namespace scanner

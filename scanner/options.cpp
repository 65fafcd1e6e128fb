#include "scanner/options.hpp"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <charconv>

#include "scanner/findstr_habits.hpp"
#include "scanner/generate.hpp"
#include "scanner/nearest_word.hpp"
#include "scanner/walk/walk.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner {
namespace {

namespace po = boost::program_options;

/// Boost puts the user's words into its messages, and then looks for its placeholders again, for ever when a word holds
/// one. Such words get no message of Boost's.
std::string reason_of(const po::error& error, const std::vector<std::string>& words) {
  const bool placeholder = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return std::count(word.begin(), word.end(), '%') > 1;
  });
  return placeholder ? "one of the options is wrong, or its argument is" : error.what();
}

Parsed usage_error(const std::string& message) {
  Parsed parsed;
  parsed.exit = {2, {}, "poolwho: " + message + "\n"};
  return parsed;
}

po::options_description description() {
  po::options_description options;
  for (const OptionSpec& option : option_table()) {
    const std::string names = option.letter != 0 ? std::string(option.name) + "," + option.letter : option.name;
    if (option.argument == nullptr) {
      options.add_options()(names.c_str(), po::bool_switch());
    } else if (option.repeatable) {
      options.add_options()(names.c_str(), po::value<std::vector<std::string>>()->composing());
    } else {
      options.add_options()(names.c_str(), po::value<std::string>());
    }
  }
  options.add_options()("positional", po::value<std::vector<std::string>>());
  return options;
}

/// A size such as 64M; nothing when it is none.
std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  static constexpr std::array<std::pair<std::string_view, unsigned>, 7> kUnits = {
      {{"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"k", 10}, {"m", 20}, {"g", 30}}};
  for (const auto& [name, shift] : kUnits) {
    if (unit == name && value <= (~std::uint64_t{0} >> shift)) return value << shift;
  }
  return std::nullopt;
}

/// "2/8": the second of eight parts.
bool parse_shard(std::string_view text, unsigned& shard, unsigned& shards) {
  const char* last = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), last, shard);
  if (error != std::errc{} || slash == last || *slash != '/') return false;
  const auto [end, other] = std::from_chars(slash + 1, last, shards);
  return other == std::errc{} && end == last && shard >= 1 && shard <= shards;
}

/// A time span such as 30s, 5m, 1h or 2d, in seconds; nothing when it is none.
std::optional<double> parse_span(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !(value > 0) || value > 1e9) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit == "s") return value;
  if (unit == "m") return value * 60;
  if (unit == "h") return value * 3600;
  if (unit == "d") return value * 86400;
  return std::nullopt;
}

template <typename T>
bool choose(const std::string& text, const std::vector<std::pair<std::string, T>>& choices, T& out) {
  for (const auto& [name, value] : choices) {
    if (name == text) {
      out = value;
      return true;
    }
  }
  return false;
}

const std::vector<std::pair<std::string, Format>> kFormats = {
    {"text", Format::text}, {"ndjson", Format::ndjson},     {"json", Format::json},      {"csv", Format::csv},
    {"html", Format::html}, {"localtag", Format::localtag}, {"pooltag", Format::pooltag}};

/// The name of an unknown option, and the one that was likely meant.
std::string unknown_option(const std::string& given) {
  const std::string name = given.substr(0, given.find('='));
  const std::string word = name.starts_with("--") ? name.substr(2) : std::string();
  std::vector<std::string> known;
  for (const OptionSpec& option : option_table()) known.emplace_back(option.name);
  Format format{};
  const std::string meant = choose(word, kFormats, format) ? "format " + word : nearest_word(word, known);
  return "unknown option '" + name + "'" + (meant.empty() ? "" : "; did you mean '--" + meant + "'?") +
         " (options are not abbreviated; --help lists them)";
}

/// For a first word that is neither a verb nor a tag; empty when it is a tag.
std::string no_tag(const std::string& word) {
  std::string error;
  if (tagdb::parse_query(word, error)) return {};
  if (walk::exists(word) && !word.empty())
    return "'" + word + "' is a file or a folder, and the tag comes before it: poolwho TAG " + word +
           " (or poolwho survey " + word + " for all tags)";
  std::vector<std::string> verbs;
  for (const VerbName& verb : kVerbNames) verbs.emplace_back(verb.name);
  const std::string meant = nearest_word(word, verbs);
  if (!meant.empty())
    return "'" + word + "' is no command, and a tag has one to four characters; did you mean '" + meant + "'?";
  return error + "; --help lists the commands";
}

std::optional<Verb> verb_of(const std::string& word) {
  for (const VerbName& verb : kVerbNames) {
    if (word == verb.name) return verb.verb;
  }
  return std::nullopt;
}

/// Distributes the positional words over verb, tags and paths. Returns an error or nothing.
std::string take_positionals(std::vector<std::string> words, bool tags_given, Options& options) {
  bool verb_named = false;
  if (!words.empty()) {
    if (const auto verb = verb_of(words.front())) {
      options.verb = *verb;
      verb_named = true;
      words.erase(words.begin());
    }
  }
  if (options.verb == Verb::survey) {
    options.paths = std::move(words);
    return {};
  }
  if (options.verb == Verb::merge) {
    options.paths = walk::expand_wildcards(std::move(words));
    if (options.paths.empty() || !options.output)
      return "merge needs catalogues and a file to write, such as 'poolwho merge a.db b.db -o all.db'";
    return {};
  }
  if (options.verb == Verb::leaks) {
    options.log_words = words;
    options.logs = walk::expand_wildcards(std::move(words));
    return options.logs.empty() && !options.live ? "leaks needs logs, such as 'poolwho leaks poolmon*.txt --root DIR'"
                                                 : "";
  }
  if (options.verb == Verb::lookup) {
    options.tags.insert(options.tags.end(), words.begin(), words.end());
    return options.tags.empty() && !tags_given ? "lookup needs a tag, such as 'poolwho lookup Leak'" : "";
  }
  if (!tags_given) {
    if (words.empty()) return "a tag is needed, such as 'poolwho Leak PATH'; --help shows all commands";
    if (std::string error = no_tag(words.front()); !verb_named && !error.empty()) return error;
    options.tags.push_back(words.front());
    words.erase(words.begin());
    // `locate TAG... PATH...`: what can be a tag and is no file is one.
    std::string ignored;
    while (verb_named && !words.empty() && tagdb::parse_query(words.front(), ignored) && !walk::exists(words.front())) {
      options.tags.push_back(words.front());
      words.erase(words.begin());
    }
  }
  options.paths = std::move(words);
  return {};
}

std::string take_values(const po::variables_map& values, Options& options) {
  const auto text = [&values](const char* name) -> std::optional<std::string> {
    if (values.count(name) == 0) return std::nullopt;
    return values[name].as<std::string>();
  };
  const auto list = [&values](const char* name) {
    return values.count(name) == 0 ? std::vector<std::string>{} : values[name].as<std::vector<std::string>>();
  };
  const auto flag = [&values](const char* name) { return values[name].as<bool>(); };
  options.tags = list("tag");
  options.root = text("root");
  options.files_from = text("files-from");
  options.tags_from = text("tags-from");
  options.apis = text("apis");
  options.loaded_from = text("loaded-from");
  options.output = text("output");
  options.include = list("include");
  options.exclude = list("exclude");
  options.tagdb = list("tagdb");
  options.nul_separated = flag("null");
  options.any_suffix = flag("any-suffix");
  options.follow = flag("follow");
  options.offline = flag("offline");
  options.all = flag("all");
  options.explain = flag("explain");
  options.quiet = flag("quiet");
  options.names_only = flag("names-only");
  options.low_priority = flag("low-priority");
  options.store = text("store");
  options.catalog = text("catalog");
  if (const auto shard = text("shard")) {
    if (!parse_shard(*shard, options.shard, options.shards))
      return "--shard wants I/N, the part I from 1 to N of all files, not '" + *shard + "'";
  }
  options.live = flag("live");
  for (const auto& [name, target] :
       {std::pair{"interval", &options.interval_seconds}, std::pair{"every", &options.every_seconds},
        std::pair{"for", &options.for_seconds}}) {
    const auto span = text(name);
    if (!span) continue;
    *target = parse_span(*span);
    if (!*target) return std::string("--") + name + " wants a time span such as 30s, 5m or 1h, not '" + *span + "'";
  }
  options.check = flag("check");
  options.difference = text("diff");
  options.baseline = text("baseline");
  if (const auto size = text("max-filesize")) {
    const auto bytes = parse_size(*size);
    if (!bytes) return "--max-filesize wants a number of bytes such as 64M, not '" + *size + "'";
    options.max_file_size = *bytes;
  }
  if (const auto jobs = text("jobs")) {
    const auto [end, error] = std::from_chars(jobs->data(), jobs->data() + jobs->size(), options.jobs);
    if (error != std::errc{} || end != jobs->data() + jobs->size() || options.jobs > 1024)
      return "--jobs wants a number from 0 to 1024, not '" + *jobs + "'";
  }
  if (const auto format = text("format")) {
    if (!choose(*format, kFormats, options.format))
      return "--format is one of text, ndjson, json, csv, html, localtag, pooltag, not '" + *format + "'";
  }
  if (const auto color = text("color")) {
    if (!choose<ColorChoice>(
            *color, {{"auto", ColorChoice::automatic}, {"always", ColorChoice::always}, {"never", ColorChoice::never}},
            options.color))
      return "--color is one of auto, always, never, not '" + *color + "'";
  }
  if (const auto verdict = text("min-verdict")) {
    using rank::Verdict;
    if (!choose<Verdict>(*verdict,
                         {{"proven", Verdict::proven},
                          {"likely", Verdict::likely},
                          {"possible", Verdict::possible},
                          {"weak", Verdict::weak}},
                         options.min_verdict))
      return "--min-verdict is one of proven, likely, possible, weak, not '" + *verdict + "'";
  }
  return {};
}

/// An option that means nothing for the verb is a mistake worth naming.
std::string check_verb(const po::variables_map& values, Verb verb) {
  for (const OptionSpec& option : option_table()) {
    const auto& value = values[option.name];
    const bool given = option.argument != nullptr ? values.count(option.name) != 0 : value.as<bool>();
    if (given && (option.verbs & static_cast<unsigned>(verb)) == 0) {
      const auto* name = std::find_if(std::begin(kVerbNames), std::end(kVerbNames),
                                      [verb](const VerbName& v) { return v.verb == verb; });
      // Who writes a catalogue and who reads one is easily confused.
      const std::string given_name = option.name;
      std::string other;
      if (given_name == "catalog" && verb == Verb::survey) other = "; --store writes one";
      if (given_name == "store" && verb != Verb::merge) other = "; --catalog answers from one";
      return "--" + given_name + " has no meaning for '" + name->name + "'" + other;
    }
  }
  if (values.count("catalog") == 0) return {};
  for (const OptionSpec& option : option_table()) {
    const std::string_view name = option.name;
    const bool about_files = name == "include" || name == "exclude" || name == "files-from" || name == "any-suffix" ||
                             name == "follow" || name == "offline" || name == "max-filesize" || name == "shard" ||
                             name == "apis";
    const auto& value = values[option.name];
    if (about_files && (option.argument != nullptr ? values.count(option.name) != 0 : value.as<bool>()))
      return "--" + std::string(name) + " has no meaning with --catalog: no file is read";
  }
  return {};
}

/// Options that only make sense together, or not at all.
std::string check_combination(const Options& options) {
  const bool list = options.format == Format::localtag || options.format == Format::pooltag;
  if (list && options.verb != Verb::survey) return "--format localtag and pooltag are for 'survey'";
  if (options.difference && !list) return "--diff needs --format localtag or --format pooltag";
  if (list && (options.check || options.baseline)) return "--check and --baseline have no --format localtag or pooltag";
  if (options.check && options.baseline) return "--check and --baseline are two questions: ask one at a time";
  if (options.format == Format::html && options.verb == Verb::lookup)
    return "--format html is for 'locate', 'survey' and 'leaks'";
  if (!options.live && (options.every_seconds || options.for_seconds)) return "--every and --for belong to --live";
  return {};
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
    return usage_error(unknown_option(error.get_option_name()));
  } catch (const po::error& error) {
    return usage_error(reason_of(error, arguments) + " (--help shows how)");
  }
  if (values["help"].as<bool>()) return {std::nullopt, {0, help_text(), {}}};
  if (values["version"].as<bool>()) return {std::nullopt, {0, "poolwho " POOLWHO_VERSION "\n", {}}};
  if (values.count("generate") != 0) {
    const std::string kind = values["generate"].as<std::string>();
    const std::string text = generate(kind);
    if (text.empty()) return usage_error("--generate is one of man, bash, powershell, not '" + kind + "'");
    return {std::nullopt, {0, text, {}}};
  }
  if (arguments.empty()) return {std::nullopt, {2, {}, help_text()}};
  Options options;
  std::string error = take_values(values, options);
  const bool tags_given = !options.tags.empty() || options.tags_from;
  if (error.empty()) error = take_positionals(std::move(words), tags_given, options);
  if (error.empty()) error = check_verb(values, options.verb);
  if (error.empty()) error = check_combination(options);
  if (options.verb == Verb::survey && options.root && options.paths.empty() && !options.files_from)
    options.paths.push_back(*options.root);
  if (!error.empty()) return usage_error(error);
  Parsed parsed;
  parsed.options = std::move(options);
  return parsed;
}

}  // namespace scanner

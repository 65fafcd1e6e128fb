// From the words of the command line to numbers, times and choices.
#include "scanner/cli/values.hpp"

#include <array>
#include <charconv>

namespace scanner::cli {

namespace po = boost::program_options;

namespace {

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
    {"text", Format::text},     {"ndjson", Format::ndjson},     {"json", Format::json},       {"csv", Format::csv},
    {"html", Format::html},     {"localtag", Format::localtag}, {"pooltag", Format::pooltag}, {"sarif", Format::sarif},
    {"github", Format::github}, {"msbuild", Format::msbuild}};

/// `-o report.html` means a page; a format that is named wins.
std::optional<Format> format_of(const std::string& path) {
  const auto dot = path.find_last_of('.');
  if (dot == std::string::npos || path.find_first_of("/\\", dot) != std::string::npos) return std::nullopt;
  std::string suffix = path.substr(dot + 1);
  for (char& c : suffix) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (suffix == "html" || suffix == "htm") return Format::html;
  if (suffix == "sarif") return Format::sarif;
  if (suffix == "csv") return Format::csv;
  if (suffix == "json") return Format::json;
  if (suffix == "ndjson" || suffix == "jsonl") return Format::ndjson;
  return std::nullopt;
}

}  // namespace

std::string one_of(std::string_view option, const std::string& given, unsigned verbs) {
  std::string words;
  for (const char c : option_values(option, verbs)) words += c == ' ' ? std::string(", ") : std::string(1, c);
  return "--" + std::string(option) + " is one of " + words + ", not '" + given + "'";
}

namespace {

/// How many threads; ripgrep's -j is the same, capa's is JSON.
std::string take_jobs(const std::string& text, Options& options) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), options.jobs);
  if (error == std::errc{} && end == text.data() + text.size() && options.jobs <= 1024) return {};
  return "--jobs takes a number from 0 to 1024, not '" + text + "' (for JSON: --format json)";
}

void take_texts(const po::variables_map& values, Options& options) {
  const auto text = [&values](const char* name) -> std::optional<std::string> {
    if (values.count(name) == 0) return std::nullopt;
    return values[name].as<std::string>();
  };
  const auto list = [&values](const char* name) {
    return values.count(name) == 0 ? std::vector<std::string>{} : values[name].as<std::vector<std::string>>();
  };
  options.tags = list("tag");
  options.root = text("root");
  options.files_from = text("files-from");
  options.tags_from = text("tags-from");
  options.apis = text("apis");
  options.loaded_from = text("loaded-from");
  options.from_dump = text("from-dump");
  if (options.from_dump && !options.loaded_from) options.loaded_from = options.from_dump;
  options.output = text("output");
  options.include = list("include");
  options.exclude = list("exclude");
  options.tagdb = list("tagdb");
  options.symbols = list("symbols");
  options.allow = list("allow");
  options.allow_from = list("allow-from");
  options.store = text("store");
  options.catalog = text("catalog");
  options.host = text("host");
  options.difference = text("diff");
  options.baseline = text("baseline");
}

void take_switches(const po::variables_map& values, Options& options) {
  const auto flag = [&values](const char* name) { return values[name].as<bool>(); };
  options.nul_separated = flag("null");
  options.any_suffix = flag("any-suffix");
  options.follow = flag("follow");
  options.offline = flag("offline");
  options.all = flag("all");
  options.explain = flag("explain");
  options.quiet = flag("quiet");
  options.names_only = flag("names-only");
  options.low_priority = flag("low-priority");
  options.ignore_case = flag("ignore-case");
  options.totals_only = flag("summary");
  options.live = flag("live");
  options.exit_code = flag("exit-code");
}

/// Numbers, sizes and spans.
std::string take_numbers(const po::variables_map& values, Options& options) {
  const auto text = [&values](const char* name) {
    return values.count(name) == 0 ? std::string() : values[name].as<std::string>();
  };
  const auto given = [&values](const char* name) { return values.count(name) != 0; };
  if (given("shard") && !parse_shard(text("shard"), options.shard, options.shards))
    return "--shard takes I/N, the part I from 1 to N of all files, not '" + text("shard") + "'";
  for (const auto& [name, target] :
       {std::pair{"interval", &options.interval_seconds}, std::pair{"every", &options.every_seconds},
        std::pair{"for", &options.for_seconds}}) {
    if (!given(name)) continue;
    *target = parse_span(text(name));
    if (!*target)
      return std::string("--") + name + " takes a time span such as 30s, 5m or 1h, not '" + text(name) + "'";
  }
  if (given("max-filesize")) {
    const auto bytes = parse_size(text("max-filesize"));
    if (!bytes) return "--max-filesize takes a number of bytes such as 64M, not '" + text("max-filesize") + "'";
    options.max_file_size = *bytes;
  }
  return given("jobs") ? take_jobs(text("jobs"), options) : std::string();
}

/// Options that take one of a few words.
std::string take_choices(const po::variables_map& values, Options& options) {
  const auto text = [&values](const char* name) {
    return values.count(name) == 0 ? std::string() : values[name].as<std::string>();
  };
  const auto given = [&values](const char* name) { return values.count(name) != 0; };
  if (given("format")) {
    if (!choose(text("format"), kFormats, options.format))
      return one_of("format", text("format"), static_cast<unsigned>(options.verb));
  } else if (options.output) {
    options.format = format_of(*options.output).value_or(Format::text);
  }
  if (given("color") &&
      !choose<ColorChoice>(
          text("color"),
          {{"auto", ColorChoice::automatic}, {"always", ColorChoice::always}, {"never", ColorChoice::never}},
          options.color))
    return one_of("color", text("color"));
  if (given("min-verdict")) {
    using rank::Verdict;
    Verdict verdict{};
    if (!choose<Verdict>(text("min-verdict"),
                         {{"proven", Verdict::proven},
                          {"likely", Verdict::likely},
                          {"possible", Verdict::possible},
                          {"weak", Verdict::weak}},
                         verdict))
      return one_of("min-verdict", text("min-verdict"));
    options.min_verdict = verdict;
  }
  if (given("by") && text("by") != "tag") return one_of("by", text("by"));
  options.by_tag = given("by");
  options.check = given("check");
  if (options.check) {
    std::string error;
    options.checks = rank::choose_codes(text("check"), error);
    if (!error.empty()) return "--check: " + error;
  }
  if (given("only")) {
    using trace::Evidence;
    std::vector<std::pair<std::string, Evidence>> kinds;
    for (const Evidence kind : {Evidence::allocates, Evidence::lookaside, Evidence::configures, Evidence::frees,
                                Evidence::references, Evidence::constant, Evidence::predicted})
      kinds.emplace_back(std::string(trace::to_string(kind)), kind);
    Evidence kind{};
    if (!choose<Evidence>(text("only"), kinds, kind)) return one_of("only", text("only"));
    options.only = kind;
  }
  return {};
}

}  // namespace

std::string take_values(const po::variables_map& values, Options& options) {
  take_texts(values, options);
  take_switches(values, options);
  std::string error = take_numbers(values, options);
  return error.empty() ? take_choices(values, options) : error;
}

}  // namespace scanner::cli

#include "scanner/cli/refusals.hpp"

#include <algorithm>
#include <array>

namespace scanner::cli {
namespace {

/// An option of another command: where the wish is clear, what to type instead.
std::string about_verb(const Given& given, Verb verb) {
  for (const OptionSpec& option : option_table()) {
    if (!given(option.name) || belongs_to(option, verb)) continue;
    const std::string_view name = option.name;
    std::string other;
    if (name == "store") other = "; --catalog answers from a catalogue";
    if (name == "tag" && verb == Verb::survey) other = "; for one tag: poolwho TAG PATH";
    if (name == "min-verdict" && verb == Verb::survey) other = "; --only EVIDENCE shows one kind of use";
    if (name == "only" && verb == Verb::locate) other = "; --min-verdict V shows V and better";
    if (name == "names-only" && verb == Verb::leaks) other = "; for names: poolwho TAG PATH --names-only";
    if (name == "by" && verb == Verb::locate) other = "; for all tags: poolwho survey PATH --by tag";
    std::string owners;
    for (const VerbName& one : kVerbNames) {
      if (belongs_to(option, one.verb)) owners += (owners.empty() ? "" : ", ") + std::string(one.name);
    }
    return "--" + std::string(name) + " belongs to " + owners + ", not to '" + std::string(name_of(verb)) + "'" + other;
  }
  return {};
}

/// The first of `names` that was given.
std::string first_of(const Given& given, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (given(name)) return "--" + std::string(name);
  }
  return {};
}

std::string about_catalog(const Given& given, const Options& options) {
  if (!options.catalog) return {};
  if (options.store) return "--store has no meaning with --catalog: one writes a catalogue, the other answers from one";
  const std::string name = first_of(given, {"include", "exclude", "files-from", "any-suffix", "follow", "offline",
                                            "max-filesize", "shard", "apis", "symbols", "jobs", "low-priority"});
  return name.empty() ? "" : name + " has no meaning with --catalog: no file is read";
}

/// leaks looks for drivers only where it is told to.
std::string about_place(const Given& given, const Options& options) {
  if (options.verb == Verb::leaks && !options.root && !options.files_from && !options.catalog) {
    const std::string name =
        first_of(given, {"loaded-from", "all", "min-verdict", "include", "exclude", "null", "any-suffix", "follow",
                         "offline", "max-filesize", "shard", "jobs", "low-priority", "apis", "symbols"});
    if (!name.empty())
      return name + " has no effect without a place to search: add --root DIR, --files-from or --catalog";
  }
  const bool paths = !options.paths.empty() || (options.files_from && options.verb != Verb::leaks);
  if ((options.verb == Verb::locate || options.verb == Verb::survey) && paths && options.root && !options.catalog)
    return "--root has no effect beside " +
           (options.paths.empty() ? "--files-from" : "'" + options.paths.front() + "'") +
           ": name the root of a volume or the places to search";
  if (options.all && options.verb == Verb::locate && paths)
    return "--all has no effect on named paths: all of them are searched";
  if (options.all && options.catalog && !options.root)
    return "--all has no effect on a catalogue: all of it is searched";
  return {};
}

std::string about_output(const Options& options) {
  const bool text = options.format == Format::text;
  const bool list = options.format == Format::localtag || options.format == Format::pooltag;
  const bool build =
      options.format == Format::sarif || options.format == Format::github || options.format == Format::msbuild;
  if (build && !options.check) return "--format sarif, github and msbuild are for survey --check: they tell findings";
  if (options.exit_code && !options.difference)
    return "--exit-code has no effect without --diff; --check and --baseline always tell by their exit code";
  if (list && options.verb != Verb::survey) return "--format localtag and pooltag are for 'survey'";
  if (options.difference && !list) return "--diff needs --format localtag or --format pooltag";
  if (list && (options.check || options.baseline)) return "--check and --baseline have no --format localtag or pooltag";
  if (options.format == Format::html && options.verb == Verb::lookup)
    return "--format html is for 'locate', 'survey' and 'leaks'";
  if (options.nul_separated && !options.files_from && !options.names_only)
    return "-0 has no effect without --names-only, whose names it ends, or --files-from, whose names it reads";
  if (options.color == ColorChoice::always && !text) return "--color always has no effect: only text has colours";
  if (options.names_only && !text) return "--names-only has no effect on other formats than text";
  if (options.explain && (options.format == Format::csv || list || options.check || options.baseline))
    return "--explain has no effect on this output: text, ndjson, json and html show chains of calls";
  if (options.names_only && (options.explain || options.by_tag || options.totals_only || options.baseline))
    return std::string("--names-only has no effect beside ") + (options.explain       ? "--explain"
                                                                : options.by_tag      ? "--by tag"
                                                                : options.totals_only ? "--summary"
                                                                                      : "--baseline");
  return {};
}

std::string about_survey(const Options& options) {
  if (options.host && !options.store) return "--host has no effect without --store: it is kept in the catalogue";
  if (!options.check && (!options.allow.empty() || !options.allow_from.empty()))
    return "--allow and --allow-from have no effect without --check";
  if (options.host && (options.host->empty() || options.host->find(':') != std::string::npos))
    return "--host takes the name of a machine, without ':', not '" + *options.host + "'";
  const bool view = options.by_tag || options.totals_only || options.only;
  const std::string name = options.by_tag ? "--by" : options.totals_only ? "--summary" : "--only";
  if (view && (options.check || options.baseline)) return name + " has no effect beside --check or --baseline";
  if (options.by_tag && options.format != Format::text)
    return "--by tag is a view of text; other formats have one record per use";
  if (options.by_tag && options.totals_only) return "--by tag has no effect beside --summary";
  if (options.by_tag && options.explain) return "--explain has no effect beside --by tag";
  if (options.totals_only && options.explain) return "--explain has no effect beside --summary";
  if (options.totals_only && options.format != Format::text && options.format != Format::ndjson &&
      options.format != Format::json)
    return "--summary is for --format text, ndjson and json";
  return {};
}

}  // namespace

std::string refused(const Given& given, const Options& options) {
  std::string sentence = about_verb(given, options.verb);
  if (sentence.empty()) sentence = about_catalog(given, options);
  if (sentence.empty()) sentence = about_place(given, options);
  if (sentence.empty()) sentence = about_survey(options);
  if (sentence.empty()) sentence = about_output(options);
  if (!sentence.empty()) return sentence;
  if (!options.live && (options.every_seconds || options.for_seconds)) return "--every and --for belong to --live";
  if (options.live && options.interval_seconds) return "--interval has no effect on --live, which knows its times";
  if (options.ignore_case && options.verb == Verb::lookup && options.tags.empty() && !options.tags_from)
    return "--ignore-case has no effect on names of drivers, whose letter case never matters";
  return {};
}

}  // namespace scanner::cli

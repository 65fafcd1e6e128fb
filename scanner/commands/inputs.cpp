#include "scanner/commands/inputs.hpp"

#include <algorithm>
#include <ctime>
#include <iostream>
#include <iterator>
#include <utility>

#include "scanner/commands/places.hpp"
#include "scanner/commands/reporters.hpp"
#include "scanner/loaded/driver_list.hpp"
#include "scanner/loaded/kernel_dump.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {
namespace {

constexpr std::uint64_t kMaxTextFile = 64ULL << 20;

/// `name` is what entries give as their source.
bool add_list(Inputs& inputs, const std::string& path, const std::string& name, Diagnostics& diagnostics) {
  std::string text;
  if (!read_text(path, text, diagnostics)) return false;
  auto file = tagdb::read_pooltag(text, name);
  for (const tagdb::Line& line : file.others) {
    if (line.kind != tagdb::Line::Kind::malformed) continue;
    diagnostics.message("poolwho: " + pe::printable(path) + ":" + std::to_string(line.number) +
                        ": not a line of text, skipped (the others are used)");
  }
  const bool plain = std::all_of(file.others.begin(), file.others.end(),
                                 [](const tagdb::Line& line) { return line.kind == tagdb::Line::Kind::comment; });
  if (!plain) diagnostics.note(pe::printable(name) + ": " + tagdb::summary_of(file));
  if (file.entries.empty()) diagnostics.failure(path, "no line of the form `Tag  - binary - description` in it");
  inputs.database.add(std::move(file), name);
  return true;
}

/// The list that debuggers or kits brought along, on the volume that is asked about: the running one when none is named
/// and no catalogue answers for other machines. Whose list says so is told by the whole path. False for a bad --root.
bool add_installed_list(Inputs& inputs, Diagnostics& diagnostics) {
  const Options& options = inputs.options;
  const bool elsewhere = options.catalog.has_value();
  if ((options.verb == Verb::lookup || options.verb == Verb::survey) && options.root && !elsewhere &&
      !walk::is_directory(*options.root)) {
    diagnostics.failure(*options.root, kNoVolume);
    return false;
  }
  const std::string root = options.root.value_or(elsewhere ? std::string() : running_root());
  if (root.empty()) return true;
  walk::PathFinder finder(root);
  for (const std::string& relative : tagdb::installed_pooltag_paths()) {
    const std::string path = finder.find(relative);
    if (path.empty()) continue;
    add_list(inputs, path, path, diagnostics);
    break;  // the copies for other processors say the same
  }
  return true;
}

bool add_lists(Inputs& inputs, Diagnostics& diagnostics) {
  inputs.database.add_builtin();
  for (const std::string& path : inputs.options.tagdb) {
    if (!add_list(inputs, path, std::string(pe::file_name(path)), diagnostics)) return false;
  }
  return add_installed_list(inputs, diagnostics);
}

/// `Thrå`, copied from a screen: which bytes that is depends on the code page of the screen.
void note_reading(const tagdb::TagQuery& query, Diagnostics& diagnostics) {
  if (!std::any_of(query.text.begin(), query.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return;
  std::string text = "'" + query.text + "' is read as";
  const char* separator = " '";
  for (const tagdb::TagPattern& form : query.forms) {
    text += separator + form.text() + "'";
    separator = " or '";
  }
  diagnostics.note(text);
}

/// --from-dump: the tag that the stop names. False, with the reason told, when it names none.
bool add_blamed_tag(Inputs& inputs, Diagnostics& diagnostics) {
  const std::string& path = *inputs.options.from_dump;
  walk::Skipped ignored;
  const auto bytes = walk::read_file(path, kMaxTextFile, ignored);
  if (!bytes) {
    diagnostics.failure(path, bytes.error().message);
    return false;
  }
  if (!loaded::is_kernel_dump(bytes.value())) {
    diagnostics.failure(path, "not a memory dump of Windows: they lie in Windows\\Minidump");
    return false;
  }
  const auto dump = loaded::read_kernel_dump(bytes.value());
  if (!dump) {
    diagnostics.failure(path, dump.error().message);
    return false;
  }
  const std::string stop = "stop " + pe::hex_number(dump.value().bugcheck);
  const auto blamed = loaded::blamed_tag(dump.value());
  if (!blamed) {
    diagnostics.failure(path, stop + " names no tag (0xc2 does for some of its codes): name one, with --loaded-from " +
                                  pe::printable(path) + " for the drivers");
    return false;
  }
  diagnostics.note(pe::printable(path) + ": " + stop + ": " + blamed->reason + ": '" + blamed->tag.text() + "'");
  inputs.queries.push_back({blamed->tag.text(), {tagdb::TagPattern::exactly(blamed->tag)}});
  return true;
}

bool add_queries(Inputs& inputs, Diagnostics& diagnostics) {
  if (inputs.options.from_dump && !add_blamed_tag(inputs, diagnostics)) return false;
  const Options& options = inputs.options;
  std::vector<std::string> tags = options.tags;
  std::string error;
  if (options.tags_from && !read_lines(*options.tags_from, false, tags, error)) {
    diagnostics.failure(*options.tags_from, error);
    return false;
  }
  for (const std::string& tag : tags) {
    auto query = tagdb::parse_query(tag, error);
    if (!query) {
      if (options.verb == Verb::lookup) error += "; for the tags of a driver: poolwho lookup " + tag + ".sys";
      diagnostics.message("poolwho: " + error);
      return false;
    }
    note_reading(*query, diagnostics);
    inputs.queries.push_back(options.ignore_case ? tagdb::ignoring_case(*query) : std::move(*query));
  }
  if (!options.understood.empty()) diagnostics.note(options.understood);
  return true;
}

bool open_catalog(Inputs& inputs, Diagnostics& diagnostics) {
  const auto& path = inputs.options.catalog;
  if (!path) return true;
  auto opened = catalog::Answers::open(*path, inputs.apis);
  if (opened) {
    inputs.catalog = std::move(opened.value());
    return true;
  }
  diagnostics.failure(*path, opened.error().message);
  return false;
}

bool add_api_rows(Inputs& inputs, Diagnostics& diagnostics) {
  const auto& path = inputs.options.apis;
  if (!path) return true;
  std::string text, error;
  if (!read_text(*path, text, diagnostics)) return false;
  const auto more = tagdb::parse_api_table(text, error);
  if (!error.empty()) {
    diagnostics.failure(*path, error + " (the form is that of data/pool_apis.tsv)");
    return false;
  }
  for (const std::string& name : inputs.apis.add_over(more))
    diagnostics.note(pe::printable(*path) + ": its row for " + pe::printable(name) +
                     " is used instead of the built-in one");
  return true;
}

/// How many drivers a list holds, without those that were unloaded; nothing when it cannot be read, which is told by
/// the search.
std::optional<std::uint64_t> count_loaded(const std::string& path) {
  walk::Skipped ignored;
  const auto bytes = walk::read_file(path, loaded::kMostList, ignored);
  if (!bytes) return std::nullopt;
  const auto list = loaded::read_driver_list(bytes.value());
  if (!list) return std::nullopt;
  return static_cast<std::uint64_t>(std::count_if(list.value().begin(), list.value().end(),
                                                  [](const loaded::Driver& driver) { return !driver.gone; }));
}

}  // namespace

Inputs::Inputs(const Options& asked)
    : options(asked), apis(asked.verb == Verb::lookup ? tagdb::ApiTable{} : tagdb::builtin_api_table()) {}

bool load(Inputs& inputs, Diagnostics& diagnostics) {
  auto reporter = make_reporter(inputs.options, diagnostics);
  if (!reporter) return false;
  diagnostics.report_to(std::move(reporter));  // first: reading a list may have something to note
  return add_lists(inputs, diagnostics) && add_queries(inputs, diagnostics) && open_catalog(inputs, diagnostics) &&
         add_api_rows(inputs, diagnostics);
}

report::RunInfo run_info(const Inputs& inputs, const char* command, std::vector<std::string> roots) {
  report::RunInfo run;
  run.command = command;
  run.roots = std::move(roots);
  run.tagdb = inputs.database.describe();
  run.uuid = report::random_uuid();
  run.time = std::time(nullptr);
  run.asked = inputs.queries;
  if (const auto& list = inputs.options.loaded_from) run.loaded_drivers = count_loaded(*list);
  return run;
}

bool read_text(const std::string& path, std::string& text, Diagnostics& diagnostics) {
  walk::Skipped skipped;
  const auto bytes = walk::read_file(path, kMaxTextFile, skipped);
  if (!bytes) {
    diagnostics.failure(path, bytes.error().message);
    return false;
  }
  text.assign(bytes.value().begin(), bytes.value().end());
  return true;
}

bool read_lines(const std::string& path, bool nul_separated, std::vector<std::string>& lines, std::string& error) {
  std::string text;
  if (path == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  } else {
    walk::Skipped skipped;
    const auto bytes = walk::read_file(path, kMaxTextFile, skipped);
    if (!bytes) {
      error = bytes.error().message;
      return false;
    }
    text.assign(bytes.value().begin(), bytes.value().end());
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(nul_separated ? '\0' : '\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (!nul_separated && !line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
    at = end + 1;
  }
  return true;
}

}  // namespace scanner

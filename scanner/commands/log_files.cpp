#include "scanner/commands/log_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include "scanner/poolmon/log_reader.hpp"
#include "scanner/poolmon/time_text.hpp"
#include "scanner/report/words.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {
namespace {

using walk::DirectoryEntry;

/// What people and scripts call a log. Everything else in a folder is counted.
constexpr std::array<std::string_view, 10> kSuffixes = {".txt", ".log", ".csv",  ".tsv",   ".json",
                                                        ".htm", ".md",  ".html", ".jsonl", ".out"};

bool has_log_suffix(const std::string& name) {
  const auto dot = name.rfind('.');
  if (dot == std::string::npos) return false;
  std::string suffix = name.substr(dot);
  for (char& c : suffix) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

std::string counted(std::size_t count, const char* one, const char* more) {
  return report::with_commas(count) + " " + (count == 1 ? one : more);
}

/// The logs of one folder, not of those in it.
void add_folder(Context& context, const std::string& folder, LogFiles& out) {
  std::vector<DirectoryEntry> entries;
  std::string error;
  bool denied = false;
  if (!walk::list_directory(folder, entries, error, denied)) {
    context.problem({folder, "read", 0, error}, true);
    return;
  }
  const bool slash = !folder.empty() && (folder.back() == '/' || folder.back() == '\\');
  std::size_t others = 0, folders = 0, logs = 0;
  for (const DirectoryEntry& entry : entries) {
    const std::string path = walk::native_form(folder + (slash ? "" : "/") + entry.name);
    DirectoryEntry target;
    if (!walk::inspect(path, target, error)) continue;
    if (target.kind == DirectoryEntry::Kind::directory) {
      ++folders;
    } else if (target.kind == DirectoryEntry::Kind::file && has_log_suffix(entry.name)) {
      out.files.push_back({path, false, std::nullopt});
      ++logs;
    } else {
      ++others;
    }
  }
  if (logs == 0)
    context.problem({folder, "log", 0, "no logs in it: files named *.txt, *.log, *.csv, *.tsv, *.json or *.html"});
  if (others + folders == 0) return;
  std::string note = "in " + report::printable(folder) + " not read: ";
  if (others > 0) note += counted(others, "file of another kind", "files of other kinds");
  if (folders > 0) note += (others > 0 ? ", " : "") + counted(folders, "folder", "folders");
  out.notes.push_back(std::move(note));
}

/// A stream only says that it failed.
std::string why_unreadable(const std::string& log) {
  walk::Skipped ignored;
  const auto tried = walk::read_file(log, 0, ignored);
  return tried ? "cannot be read" : tried.error().message;
}

/// False when a log cannot be read twice: of a pipe, what was read to see the time would be missing.
bool look_at(const LogFile& log, poolmon::LogFacts& facts) {
  DirectoryEntry entry;
  std::string ignored;
  if (!walk::inspect(log.path, entry, ignored) || entry.kind != DirectoryEntry::Kind::file) return false;
  facts.path = log.path;
  facts.modified = entry.modified;
  facts.time_in_name = poolmon::time_in_name(report::file_name(log.path));
  std::ifstream in(log.path, std::ios::binary);
  if (in) facts.time_in_text = poolmon::LogReader(in).first_time();
  return true;
}

void read_first_rows(std::vector<poolmon::LogFacts>& facts) {
  for (poolmon::LogFacts& log : facts) {
    std::ifstream in(log.path, std::ios::binary);
    poolmon::Snapshot snapshot;
    if (in && poolmon::LogReader(in).next(snapshot)) log.first = std::move(snapshot.rows);
  }
}

void put_in_order(LogFiles& out, bool clocked) {
  std::vector<poolmon::LogFacts> facts(out.files.size());
  for (std::size_t i = 0; i < out.files.size(); ++i) {
    if (!look_at(out.files[i], facts[i])) return;
  }
  if (poolmon::needs_first_rows(facts)) read_first_rows(facts);
  if (!clocked) {
    for (poolmon::LogFacts& log : facts) log.modified = 0;
  }
  poolmon::LogOrder order = poolmon::order_logs(facts);
  std::vector<LogFile> sorted;
  for (const std::size_t index : order.order) {
    out.files[index].time = order.times[index];
    sorted.push_back(std::move(out.files[index]));
  }
  out.files = std::move(sorted);
  out.times_of_change = order.by_change;
  // A folder has no order of its own that could be left.
  const bool named = std::any_of(out.files.begin(), out.files.end(), [](const LogFile& log) { return log.named; });
  const bool certain = order.by != poolmon::OrderedBy::given && order.by != poolmon::OrderedBy::counters;
  if (certain && !named) return;
  for (std::string& note : order.notes) out.notes.push_back(std::move(note));
}

}  // namespace

LogFiles find_logs(Context& context, const std::vector<std::string>& names, bool clocked) {
  LogFiles out;
  for (const std::string& name : names) {
    DirectoryEntry entry;
    std::string reason;
    if (name == "-") {
      out.files.push_back({name, true, std::nullopt});
      continue;
    }
    if (walk::inspect(name, entry, reason)) {
      if (entry.kind == DirectoryEntry::Kind::directory) {
        add_folder(context, name, out);
        continue;
      }
      // Opening a pipe only to see whether it can be read would take its place in line.
      if (entry.kind == DirectoryEntry::Kind::file && !std::ifstream(name, std::ios::binary))
        reason = why_unreadable(name);
    }
    if (reason.empty()) {
      out.files.push_back({name, true, std::nullopt});
    } else {
      context.problem({name, "read", 0, reason}, true);
    }
  }
  if (out.files.size() > 1) put_in_order(out, clocked);
  return out;
}

}  // namespace scanner

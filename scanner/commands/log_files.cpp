#include "scanner/commands/log_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include "pe/text.hpp"
#include "scanner/commands/places.hpp"
#include "scanner/poolmon/log_source.hpp"
#include "scanner/poolmon/time_text.hpp"
#include "scanner/report/words.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {
namespace {

using walk::DirectoryEntry;

/// What people and scripts call a log. Everything else in a folder is counted.
constexpr std::array<std::string_view, 12> kSuffixes = {".txt", ".log",  ".csv",   ".tsv", ".json", ".htm",
                                                        ".md",  ".html", ".jsonl", ".out", ".xml",  ".evtx"};

constexpr std::size_t kMostCounted = 1000;  // logs whose counters are compared: they are held at the same time

bool has_log_suffix(const std::string& name) {
  const auto dot = name.rfind('.');
  if (dot == std::string::npos) return false;
  const std::string suffix = pe::fold_case(std::string_view(name).substr(dot));
  return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

std::string counted(std::size_t count, const char* one, const char* more) {
  return report::with_commas(count) + " " + (count == 1 ? one : more);
}

/// The logs of one folder, not of those in it.
void add_folder(Diagnostics& diagnostics, const std::string& folder, LogFiles& out) {
  std::vector<DirectoryEntry> entries;
  std::string error;
  bool denied = false;
  if (!walk::list_directory(folder, entries, error, denied)) {
    diagnostics.problem({folder, "read", 0, error}, true);
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
      out.files.push_back({path, false, false, std::nullopt});
      ++logs;
    } else {
      ++others;
    }
  }
  if (logs == 0)
    diagnostics.problem(
        {folder, "log", 0, "no logs in it: files named *.txt, *.log, *.csv, *.tsv, *.json, *.html or *.evtx"});
  if (others + folders == 0) return;
  std::string note = "in " + pe::printable(folder) + " not read: ";
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

struct Looked {
  poolmon::LogFacts facts;
  bool regular = false;  ///< a pipe cannot be read twice: what was read to see the time would be missing
  bool figures = false;
};

/// The first snapshot tells all that the order needs.
Looked look_at(const std::string& path, bool counters) {
  Looked out;
  DirectoryEntry entry;
  std::string ignored;
  out.regular = walk::inspect(path, entry, ignored) && entry.kind == DirectoryEntry::Kind::file;
  if (!out.regular) return out;
  std::ifstream in(path, std::ios::binary);
  poolmon::Snapshot snapshot;
  out.figures = in && poolmon::open_log(path, in)->next(snapshot);
  out.facts.path = path;
  out.facts.modified = entry.modified;
  out.facts.time_in_name = poolmon::time_in_name(pe::file_name(path));
  out.facts.time_in_text = snapshot.time;
  if (counters) out.facts.allocs = poolmon::counters_of(snapshot.rows);
  return out;
}

/// Files without figures come last: they have no place in time, and must not keep the others from theirs.
void put_in_order(LogFiles& out, bool clocked) {
  std::vector<LogFile> logs, others;
  std::vector<poolmon::LogFacts> facts;
  for (LogFile& log : out.files) {
    Looked looked = look_at(log.path, false);
    if (!looked.regular) return;
    if (!looked.figures) {
      others.push_back(log);
      continue;
    }
    if (!clocked) looked.facts.modified = 0;
    logs.push_back(log);
    facts.push_back(std::move(looked.facts));
  }
  if (facts.size() <= kMostCounted && poolmon::needs_counters(facts)) {
    for (poolmon::LogFacts& log : facts) log.allocs = look_at(log.path, true).facts.allocs;
  }
  poolmon::LogOrder order = poolmon::order_logs(facts);
  out.files.clear();
  for (const std::size_t index : order.order) {
    out.files.push_back(logs[index]);
    out.files.back().time = order.times[index];
  }
  out.times_of_change = order.by_change;
  // A folder has no order of its own that could be left.
  const bool named = std::any_of(logs.begin(), logs.end(), [](const LogFile& log) { return log.named; });
  const bool certain = order.by != poolmon::OrderedBy::given && order.by != poolmon::OrderedBy::counters;
  if (named || !certain) {
    for (std::string& note : order.notes) out.notes.push_back(std::move(note));
  }
  for (LogFile& log : others) out.files.push_back(std::move(log));
}

}  // namespace

LogFiles own_event_log(const Inputs& inputs, Diagnostics& diagnostics) {
  constexpr const char* kPath = "Windows/System32/winevt/Logs/System.evtx";
  LogFiles out;
  const auto& root = inputs.options.root;
  if (!root) {
    out.files.push_back({"", true, true, std::nullopt});
    return out;
  }
  if (!walk::is_directory(*root)) {
    diagnostics.problem({*root, "walk", 0, kNoVolume}, true);
    return out;
  }
  const std::string path = walk::find_path(*root, kPath);
  if (path.empty()) {
    diagnostics.problem({*root, "log", 0, std::string("no ") + kPath + " below it: name logs"}, true);
  } else if (!std::ifstream(path, std::ios::binary)) {
    diagnostics.problem({path, "read", 0, why_unreadable(path)}, true);
  } else {
    out.files.push_back({path, true, true, std::nullopt});
  }
  return out;
}

LogFiles find_logs(Diagnostics& diagnostics, const std::vector<std::string>& names, bool clocked) {
  LogFiles out;
  for (const std::string& name : names) {
    DirectoryEntry entry;
    std::string reason;
    if (name == "-") {
      out.files.push_back({name, true, false, std::nullopt});
      continue;
    }
    if (walk::inspect(name, entry, reason)) {
      if (entry.kind == DirectoryEntry::Kind::directory) {
        add_folder(diagnostics, name, out);
        continue;
      }
      // Opening a pipe only to see whether it can be read would take its place in line.
      if (entry.kind == DirectoryEntry::Kind::file && !std::ifstream(name, std::ios::binary))
        reason = why_unreadable(name);
    }
    if (reason.empty()) {
      out.files.push_back({name, true, false, std::nullopt});
    } else {
      diagnostics.problem({name, "read", 0, reason}, true);
    }
  }
  if (out.files.size() > 1) put_in_order(out, clocked);
  return out;
}

}  // namespace scanner

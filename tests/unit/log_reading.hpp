// A log as text in, its rows as text out, for the tests of readers.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "scanner/poolmon/log_reader.hpp"

namespace log_reading {

using scanner::poolmon::LineProblem;
using scanner::poolmon::LogReader;
using scanner::poolmon::Row;
using scanner::poolmon::Snapshot;

struct Read {
  std::vector<Snapshot> snapshots;
  std::vector<LineProblem> problems, notes;
};

inline Read read(const std::string& text) {
  std::istringstream in(text);
  LogReader reader(in);
  Read out;
  Snapshot snapshot;
  while (reader.next(snapshot)) out.snapshots.push_back(snapshot);
  out.problems = reader.take_problems();
  out.notes = reader.take_notes();
  return out;
}

/// "Wait nonpaged 3971107 3971077 30 8456": allocs, frees, diff, bytes; what is not told is left out, "?" for bytes and
/// diff. Sessions: "Gcac session:1 …", "session:all".
inline std::string shown(const Row& row) {
  std::string out = row.tag.text() + " " + std::string(to_string(row.pool));
  if (row.session.is_all()) out += ":all";
  if (row.session.id()) out += ":" + std::to_string(*row.session.id());
  for (const auto& counter : {row.allocs, row.frees}) {
    if (counter) out += " " + std::to_string(*counter);
  }
  for (const auto& figure : {row.diff, row.bytes}) out += figure ? " " + std::to_string(*figure) : " ?";
  return out;
}

inline std::vector<std::string> rows(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Row& row : snapshot.rows) out.push_back(shown(row));
  return out;
}

using Rows = std::vector<std::string>;

inline std::string utf16(const std::string& text, bool little, bool mark) {
  std::string out = !mark ? "" : little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : text) {
    if (!little) out += '\0';
    out += c;
    if (little) out += '\0';
  }
  return out;
}

}  // namespace log_reading

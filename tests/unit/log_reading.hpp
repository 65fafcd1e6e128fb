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
  std::vector<LineProblem> problems;
};

inline Read read(const std::string& text) {
  std::istringstream in(text);
  LogReader reader(in);
  Read out;
  Snapshot snapshot;
  while (reader.next(snapshot)) out.snapshots.push_back(snapshot);
  out.problems = reader.take_problems();
  return out;
}

/// "Wait nonpaged 3971107 3971077 30 8456"
inline std::string shown(const Row& row) {
  std::string out = row.tag.text() + " " + std::string(to_string(row.pool));
  if (row.counted) out += " " + std::to_string(row.allocs) + " " + std::to_string(row.frees);
  return out + " " + std::to_string(row.diff) + " " + std::to_string(row.bytes);
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

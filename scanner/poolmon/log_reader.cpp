#include "scanner/poolmon/log_reader.hpp"

#include <algorithm>

#include "scanner/poolmon/columns.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kMostProblems = 20;  // per file; the rest is counted
constexpr std::size_t kMostRows = 65536;   // of one snapshot; Windows itself has some thousand
constexpr std::size_t kProse = 24;         // letters beside a date that still make a separator and no sentence

}  // namespace

std::string_view to_string(Pool pool) {
  switch (pool) {
    case Pool::nonpaged: return "nonpaged";
    case Pool::paged: return "paged";
    case Pool::session: return "session";
    case Pool::unknown: return "unknown";
  }
  return "";
}

LogReader::LogReader(std::istream& in) : lines_(in) {
  formats_.push_back(make_csv_reader());
  formats_.push_back(make_screen_reader());
  formats_.push_back(make_poolused_reader());
  formats_.push_back(make_table_reader());
}

void LogReader::problem(std::string message) {
  if (++unreadable_ <= kMostProblems) problems_.push_back({lines_.number(), std::move(message)});
}

std::vector<LineProblem> LogReader::take_problems() {
  if (ended_ && unreadable_ > kMostProblems) {
    problems_.push_back(
        {lines_.number(), "and " + std::to_string(unreadable_ - kMostProblems) + " lines more that could not be read"});
    unreadable_ = 0;
  }
  return std::exchange(problems_, {});
}

void LogReader::begin(Snapshot& out) {
  if (out.line == 0) out.line = lines_.number();
  if (!out.time && pending_.any()) out.time = pending_.when();
  if (pending_.any()) pending_ = {};
}

bool LogReader::take_time(std::string_view line, Snapshot& out) {
  constexpr std::size_t kLongest = 200;
  if (line.size() > kLongest || line.find_first_of("0123456789") == std::string_view::npos) return false;
  const TimeText found = find_time(line);
  if (!found.any() || found.letters > kProse) return false;
  if (!out.rows.empty()) return true;  // the caller ends the snapshot and asks again
  if (found.day) {
    pending_.day = found.day;
    pending_.other_day = found.other_day;
    if (found.second) pending_.second = found.second;
  } else if (!pending_.second) {
    pending_.second = found.second;
  }
  return true;
}

/// Screens that were pasted without their header: a tag that comes again begins another snapshot.
bool LogReader::repeated(const Row& row) {
  if (header_seen_) return false;
  return !seen_.insert(std::uint64_t{row.tag.value()} << 8 | static_cast<std::uint64_t>(row.pool)).second;
}

bool LogReader::take(std::string_view line, Snapshot& out) {
  if (line.empty() || line.find_first_not_of(" \t") == std::string_view::npos) {
    in_table_ = false;
    return true;
  }
  std::string why;
  FormatReader* readers[] = {current_, current_ == nullptr ? formats_[1].get() : nullptr};
  for (FormatReader* reader : readers) {
    if (reader == nullptr) continue;
    // No header of poolmon's passes for a row of it; to ask each of millions of rows takes a fifth of the time.
    if (reader != formats_[1].get() && reader->begins(line)) continue;
    const std::size_t before = out.rows.size();
    const Taken taken = reader->take(line, out, why);
    // Totals may be all there is, and half of a row is good when the other one is bad.
    if (out.line == 0 && !out.empty()) out.line = lines_.number();
    switch (taken) {
      case Taken::boundary: return false;
      case Taken::row:
        if (before != out.rows.size() && repeated(out.rows.back())) {
          out.rows.resize(before);
          return false;
        }
        if (out.rows.size() > kMostRows) {
          out.rows.resize(before);
          problem("more rows than a pool has tags");
          return true;
        }
        begin(out);
        in_table_ = true;
        return true;
      case Taken::noted: return true;
      case Taken::bad: problem(std::move(why)); return true;
      case Taken::no: break;
    }
  }
  for (const auto& reader : formats_) {
    if (!reader->begins(line)) continue;
    if (!out.rows.empty() && !reader->continues(out)) return false;
    current_ = reader.get();
    header_seen_ = true;
    in_table_ = false;
    begin(out);
    current_->start(line, out);
    return true;
  }
  if (take_time(line, out)) {
    in_table_ = false;
    return out.rows.empty();
  }
  if (const auto pool = pool_in_words(line)) {
    for (const auto& reader : formats_) reader->heading(*pool);
    in_table_ = false;
    return true;
  }
  if (in_table_) problem("not a row of the table it stands in");
  return true;
}

bool LogReader::read_until(Snapshot& out, bool first_row_only) {
  out.clear();
  seen_.clear();
  for (;;) {
    std::string_view line;
    if (has_held_) {
      line = held_;
      has_held_ = false;
    } else if (!lines_.next(line)) {
      ended_ = true;
      return !out.empty();
    } else if (lines_.cut()) {
      problem("a line of more than 4 MiB");
      continue;
    }
    if (!take(line, out)) {
      if (line.data() != held_.data()) held_ = line;
      has_held_ = true;
      return true;
    }
    if (first_row_only && !out.empty() && (!out.rows.empty() || out.time)) return true;
  }
}

bool LogReader::next(Snapshot& out) { return read_until(out, false); }

std::optional<LogTime> LogReader::first_time() {
  Snapshot snapshot;
  read_until(snapshot, true);
  return snapshot.time;
}

}  // namespace scanner::poolmon

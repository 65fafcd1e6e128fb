#include "scanner/poolmon/log_reader.hpp"

#include <algorithm>

#include "scanner/poolmon/screen.hpp"
#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kMostProblems = 20;  // per file; the rest is counted
constexpr std::size_t kMostNotes = 20;
constexpr std::size_t kLongestOwner = 200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// No cell of a heading begins with a digit, nearly every row has one.
bool may_be_heading(std::string_view line) {
  if (line.find("PDH-") != std::string_view::npos) return true;
  bool edge = true, letter = false;
  for (const char c : line) {
    if (edge && is_digit(c)) return false;
    edge = c == ' ' || c == '\t' || c == ',' || c == ';' || c == '|' || c == '"';
    letter = letter || static_cast<signed char>(c) < 0 || (c | 0x20) == 'a' || (c | 0x20) == 't' || (c | 0x20) == 'e';
  }
  return letter;
}

bool has_digit(std::string_view line) { return line.find_first_of("0123456789") != std::string_view::npos; }

/// Consoles drop the eighth bit of a tag's last character: such a row stands beside that of the same tag.
std::uint64_t mark_of(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) { return static_cast<signed char>(c) < 0; }) ? 1 : 0;
}

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

void LogReader::problem(std::string message) {
  if (++unreadable_ <= kMostProblems) problems_.push_back({lines_.number(), std::move(message)});
}

void LogReader::note(std::string message) {
  if (notes_.size() < kMostNotes) notes_.push_back({lines_.number(), std::move(message)});
}

std::vector<LineProblem> LogReader::take_problems() {
  if (ended_ && unreadable_ > kMostProblems) {
    problems_.push_back(
        {lines_.number(), "and " + std::to_string(unreadable_ - kMostProblems) + " lines more that could not be read"});
    unreadable_ = 0;
  }
  return std::exchange(problems_, {});
}

std::vector<LineProblem> LogReader::take_notes() {
  for (LineProblem& one : collector_.take_notes()) notes_.push_back(std::move(one));
  return std::exchange(notes_, {});
}

void LogReader::add(const Parsed& parsed) {
  if (!parsed.host.empty() && !parsed.rows.empty()) {
    if (host_.empty()) host_ = parsed.host;
    if (parsed.host != host_) {
      if (!std::exchange(hosts_named_, true))
        note("rows of several machines: only those of " + host_ + " are read; write one log a machine");
      return;
    }
  }
  if (parsed.time) collector_.set_row_time(*parsed.time);
  for (TableRow row : parsed.rows) {
    if (row.row.session.is_none() && !session_.is_none()) {
      row.row.session = session_;
      if (row.row.pool == Pool::paged) row.row.pool = Pool::session;
    }
    if (!collector_.add(row, lines_.number())) return problem("more rows than a pool has tags");
  }
  if (!parsed.owner.empty() && !parsed.rows.empty()) collector_.add_owner(parsed.rows[0].row.tag, parsed.owner);
}

void LogReader::add_own(const Row& row, std::string_view behind, std::uint64_t other) {
  TableRow one{row, other, false};
  if (!session_.is_none()) {
    one.row.session = session_;
    if (row.pool == Pool::paged) one.row.pool = Pool::session;
  }
  in_rows_ = true;
  if (!collector_.add(one, lines_.number())) return problem("more rows than a pool has tags");
  const auto owner = behind.find('[');
  if (owner == std::string_view::npos || behind.find_first_not_of(" 0123456789()-+,.") != owner) return;
  collector_.add_owner(row.tag, trimmed(behind.substr(owner, kLongestOwner)));
}

void LogReader::read_raw(std::string_view line) {
  if (events_.open()) {
    events_.take_line(line, lines_.number());
    return;
  }
  // poolmon's own rows are nearly all lines of nearly all logs.
  Row row;
  std::string_view behind;
  if (own_rows_ && !json_.open() && plain_row(line, table_.is_open() ? table_.tag_column() : 1, row, behind)) {
    add_own(row, behind, 0);
    return;
  }
  const bool plain = PlainText::needs_nothing(line) && !plain_.in_row();
  if (plain) {
    // So are those of CSV once its first row was read.
    const bool row_next = table_.surely_delimited() && !prefixed_ && !json_.open() && !list_.collecting() &&
                          counter_.what == What::none && !line.empty() && !may_be_heading(line);
    std::string ignored;
    if (row_next && take_table_row(line, ignored) == Taken::row) return;
  }
  if (!json_.open() && events_.take_line(line, lines_.number())) return;
  if (plain) return read(line);
  const std::vector<std::string> lines = plain_.take(line);
  for (const std::string& one : lines) read(one);
}

void LogReader::read(std::string_view line) {
  if (!replaying_ && take_json(line)) return;
  if (trimmed(line).empty()) {
    list_.flush([this](const Object& object) { take_object(object); });
    if (in_rows_) collector_.section(Collector::Section::blank);
    return;
  }
  if (take_machine_line(line)) return;
  if (list_.collecting() && line.find('\\') != std::string_view::npos && take_counter(line)) return;
  if (list_.collecting() && take_list(line)) return;
  if (take_counter(line) || take_counter_value(line) || take_list(line) || take_inline(line)) return;
  std::optional<LogTime> stamp;
  const std::string_view bare = without_prefix(line, stamp);
  const bool shorter = bare.size() != line.size() && !is_noise(bare);
  if (shorter && stamp && prefixed_) collector_.written_at(*stamp);
  if (shorter && take_machine_line(bare)) {
    if (stamp) collector_.written_at(*stamp);
    return;
  }
  if (shorter && take_heading(bare)) {
    prefixed_ = true;
    if (stamp) collector_.written_at(*stamp);
    return;
  }
  if (take_heading(line)) {
    prefixed_ = false;
    return;
  }
  if (shorter && take_list(bare)) return;
  if (shorter && prefixed_) {
    if (take_row(bare, false) || trimmed(bare).empty()) return;
    if (take_row(line, true)) return;
  } else {
    if (take_row(line, !shorter) || (shorter && take_row(bare, true))) return;
  }
  if (is_noise(line)) {
    if (!take_time(line)) groups_.clear();
    return;
  }
  if (take_time(line)) return;
  take_pool_words(line);
  take_headless(bare);
}

bool LogReader::take_heading(std::string_view line) {
  if (!may_be_heading(line)) return false;
  if (const auto words = words_of(line); words && groups_.empty()) {
    std::vector<Pool> pools;
    bool only = !words->empty();
    for (const Word word : *words) {
      if (word == Word::nonpaged) pools.push_back(Pool::nonpaged);
      if (word == Word::paged) pools.push_back(Pool::paged);
      only = only && (word == Word::nonpaged || word == Word::paged || word == Word::pool);
    }
    if (only && pools.size() == 2) {
      groups_ = pools;
      return true;
    }
  }
  if (!table_.open(line, heading_, groups_)) return false;
  list_.flush([this](const Object& object) { take_object(object); });
  heading_.reset();
  groups_.clear();
  collector_.section(Collector::Section::heading);
  own_rows_ = table_.own();
  in_rows_ = false;
  return true;
}

/// A row of the open table. no: try something else; bad with nothing read: `why` says what is wrong.
Taken LogReader::take_table_row(std::string_view line, std::string& why) {
  const Taken taken = table_.take(line, parsed_, why);
  if (taken == Taken::noted && parsed_.totals.any()) collector_.add_totals(parsed_.totals, lines_.number(), false);
  const bool half = taken == Taken::bad && !parsed_.rows.empty();  // half of a row is good
  if (taken != Taken::row && !half) return taken;
  if (pending_.any() && !parsed_.time) collector_.set_time(std::exchange(pending_, {}).when());
  if (parsed_.totals.any() && table_.counters()) {
    if (parsed_.time) collector_.set_time(*parsed_.time);
    collector_.add_totals(parsed_.totals, lines_.number(), true);
  }
  add(parsed_);
  for (std::string& one : table_.take_notes()) note(std::move(one));
  in_rows_ = true;
  if (half) problem(std::move(why));
  return Taken::row;
}

/// A line that is a row to the eye and none to us.
void LogReader::refuse(std::string why) {
  const bool whole_table = why == table_.refusal();
  if (!whole_table || why != refused_) problem(why);
  if (whole_table) refused_ = std::move(why);
}

bool LogReader::take_row(std::string_view line, bool last_try) {
  if (line.find("List Truncated") != std::string_view::npos) {
    problem("poolmon says that there were more tags than it could list");
    return true;
  }
  std::string why, own_why;
  if (!has_digit(line)) return table_.is_open() && table_.take(line, parsed_, why) == Taken::noted;
  Row row;
  std::string_view behind;
  const bool own_first = !table_.is_open() || table_.own();
  Taken own = own_first ? changed_row(line, row, behind, own_why) : Taken::no;
  Taken taken = Taken::no;
  const bool broken = own == Taken::bad && table_.own();
  if (own != Taken::row && own != Taken::noted && !broken) {
    taken = take_table_row(line, why);
    if (taken == Taken::row || taken == Taken::noted) return true;
    if (!own_first) own = changed_row(line, row, behind, own_why);
  }
  if (own == Taken::row) add_own(row, behind, mark_of(line.substr(0, 8)));
  if (own == Taken::row || own == Taken::noted) return true;
  if (!last_try) return false;
  if (own == Taken::bad && (table_.own() || own_why.starts_with("Diff"))) {
    problem(std::move(own_why));
    return true;
  }
  if (taken != Taken::bad) return false;
  refuse(std::move(why));
  return true;
}

void LogReader::finish() {
  list_.flush([this](const Object& object) { take_object(object); });
  if (json_.open()) {
    replaying_ = true;
    for (const std::string& one : json_.take_lines()) read(one);
    replaying_ = false;
  }
  if (headless_ > 1 || (headless_ > 0 && snapshots_ == 0 && collector_.building().empty()))
    problems_.push_back({headless_line_, headless_why_});
  collector_.end();
  events_.end();
  if (events_.dropped() > 0) problem("an event that does not end, or is longer than 256 KiB");
  only_events_ = !events_.events().empty();
  for (std::string& text : events_.events().notes()) notes_.push_back({0, std::move(text)});
  for (Snapshot& snapshot : events_.events().take_snapshots()) of_events_.push_back(std::move(snapshot));
}

bool LogReader::next(Snapshot& out) {
  out.clear();
  while (!collector_.ready()) {
    if (ended_ && !of_events_.empty()) {
      out = std::move(of_events_.front());
      of_events_.pop_front();
      ++snapshots_;
      return true;
    }
    if (ended_) return false;
    std::string_view line;
    if (!lines_.next(line)) {
      ended_ = true;
      finish();
    } else if (lines_.cut()) {
      problem("a line of more than 4 MiB");
    } else {
      read_raw(line);
    }
  }
  ++snapshots_;
  collector_.take(out);
  return true;
}

std::string LogReader::nothing() const {
  if (!only_events_ || snapshots_ > 0) return {};
  return "no figures of pools in these events: they stand in event 2004 of "
         "Microsoft-Windows-Resource-Exhaustion-Detector, Details, XML view";
}

std::optional<LogTime> LogReader::first_time() {
  while (!collector_.ready()) {
    const Snapshot& now = collector_.building();
    if (!now.empty() && (!now.rows.empty() || now.time)) return now.time;
    std::string_view line;
    if (!lines_.next(line)) {
      finish();
      break;
    }
    if (!lines_.cut()) read_raw(line);
  }
  Snapshot first;
  if (!collector_.ready() && collector_.building().empty() && !of_events_.empty()) return of_events_.front().time;
  if (collector_.ready()) {
    collector_.take(first);
    return first.time;
  }
  return collector_.building().time;
}

}  // namespace scanner::poolmon

#include "scanner/poolmon/log_reader.hpp"

#include <algorithm>

#include "scanner/poolmon/screen.hpp"
#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kMostProblems = 20;  // per file; the rest is counted
constexpr std::size_t kMostNotes = 20;
constexpr std::size_t kProse = 24;  // letters beside a date that still make a separator and no sentence
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

/// "Paged pool:", "### Largest nonpaged-pool tags": a title, no sentence.
bool is_title(std::string_view line) {
  const std::string_view text = trimmed(line);
  const auto words = std::count(text.begin(), text.end(), ' ') + 1;
  return words <= 5 || (words <= 10 && (text.ends_with(':') || text.starts_with('#') || text.starts_with("--") ||
                                        text.starts_with("==")));
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
  // poolmon's own rows are nearly all lines of nearly all logs.
  Row row;
  std::string_view behind;
  if (own_rows_ && !json_.open() && plain_row(line, table_.is_open() ? table_.tag_column() : 1, row, behind)) {
    add_own(row, behind, 0);
    return;
  }
  if (PlainText::needs_nothing(line) && !plain_.in_row()) return read(line);
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
  if (take_machine_line(line) || take_counter(line) || take_counter_value(line) || take_list(line)) return;
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

bool LogReader::take_machine_line(std::string_view line) {
  Session session;
  if (take_session(line, session)) {
    session_ = session;
    collector_.section(Collector::Section::heading);
    return true;
  }
  Totals totals;
  if (!take_machine(line, totals)) return false;
  if (begins_screen(line)) {
    collector_.section(Collector::Section::heading);
    session_ = Session();
  }
  if (totals.any()) collector_.add_totals(totals, lines_.number(), false);
  in_rows_ = false;
  return true;
}

/// "\\HOST\memory\pool paged bytes :" with the value on the next line, "Pool Nonpaged Bytes = 3804023600 (3.543 GB)".
bool LogReader::take_counter(std::string_view line) {
  constexpr std::size_t kLongest = 400;
  if (line.size() > kLongest) return false;
  Column column;
  std::string_view value, before;
  if (const auto path = line.find('\\'); path != std::string_view::npos && line.find('"') == std::string_view::npos) {
    std::string_view text = trimmed(line.substr(path));
    before = line.substr(0, path);
    // The value may stand behind a colon or behind two blanks.
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos && colon > 2) {
      value = trimmed(text.substr(colon + 1));
      text = trimmed(text.substr(0, colon));
    } else if (const auto gap = text.rfind("  "); gap != std::string_view::npos) {
      value = trimmed(text.substr(gap));
      text = trimmed(text.substr(0, gap));
    } else if (const auto blank = text.rfind(' '); blank != std::string_view::npos && is_digit(text.back())) {
      value = text.substr(blank + 1);
      text = trimmed(text.substr(0, blank));
    }
    column = counter_of(text);
    if (column.what < What::total_nonpaged) return false;
    if (const TimeText time = find_time(before); time.any() && time.letters <= kProse) collector_.set_time(time.when());
    if (value.empty()) {
      counter_ = column;
      return true;
    }
  } else {
    const auto mark = line.find_first_of("=:");
    if (mark == std::string_view::npos || mark == 0) return false;
    value = trimmed(line.substr(mark + 1));
    if (!looks_like_number(value)) return false;
    const std::string_view name = trimmed(line.substr(0, mark));
    column = counter_named(name);
    if (column.what == What::none) {
      // "nonpaged pool: 2.61 GB" says by its unit that it is a size
      const auto last = value.find_last_of(" 0123456789");
      if (last == std::string_view::npos || !unit_of_word(value.substr(last + 1))) return false;
      column = counter_named(std::string(name) + " bytes");
      const auto words = words_of(name);
      if (!words || std::find(words->begin(), words->end(), Word::pool) == words->end()) return false;
    }
    if (column.what != What::total_nonpaged && column.what != What::total_paged) return false;
    heading_ = column.what == What::total_paged ? Pool::paged : Pool::nonpaged;
  }
  counter_ = column;
  if (!take_counter_value(value)) {
    counter_ = Column();
    return false;
  }
  return true;
}

bool LogReader::take_counter_value(std::string_view line) {
  if (counter_.what == What::none) return false;
  const Column column = std::exchange(counter_, Column());
  const std::string_view text = trimmed(line);
  Numbers numbers;
  std::int64_t value = 0;
  std::string ignored;
  if (!looks_like_number(text) || !numbers.read(text, column.unit, true, value, ignored) || value < 0) return false;
  Totals totals;
  const auto bytes = static_cast<std::uint64_t>(value);
  if (column.what == What::total_nonpaged) totals.nonpaged = bytes;
  if (column.what == What::total_paged) totals.paged = bytes;
  if (column.what == What::available) totals.available = bytes;
  if (column.what == What::commit) totals.commit = bytes;
  if (column.what == What::commit_limit) totals.commit_limit = bytes;
  if (pending_.any()) collector_.set_time(std::exchange(pending_, {}).when());
  collector_.add_totals(totals, lines_.number(), false);
  return true;
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

bool LogReader::take_row(std::string_view line, bool last_try) {
  std::string why, own_why;
  Taken taken = Taken::no;
  Row row;
  std::string_view behind;
  const bool own_first = !table_.is_open() || table_.own();
  if (line.find("List Truncated") != std::string_view::npos) {
    problem("poolmon says that there were more tags than it could list");
    return true;
  }
  if (!has_digit(line)) {
    if (!table_.is_open()) return false;
    taken = table_.take(line, parsed_, why);
    return taken == Taken::noted;
  }
  Taken own = Taken::no;
  if (own_first) own = changed_row(line, row, behind, own_why);
  if (own != Taken::row && own != Taken::noted && !(own == Taken::bad && table_.own())) {
    taken = table_.take(line, parsed_, why);
    if (taken == Taken::row || (taken == Taken::bad && !parsed_.rows.empty())) {
      if (pending_.any() && !parsed_.time) collector_.set_time(std::exchange(pending_, {}).when());
      if (parsed_.totals.any() && table_.counters()) {
        if (parsed_.time) collector_.set_time(*parsed_.time);
        collector_.add_totals(parsed_.totals, lines_.number(), true);
      }
      add(parsed_);
      for (std::string& one : table_.take_notes()) note(std::move(one));
      in_rows_ = true;
      if (taken == Taken::bad) problem(std::move(why));
      return true;
    }
    if (taken == Taken::noted) {
      if (parsed_.totals.any()) collector_.add_totals(parsed_.totals, lines_.number(), false);
      return true;
    }
    if (!own_first) own = changed_row(line, row, behind, own_why);
  }
  if (own == Taken::row) {
    add_own(row, behind, mark_of(line.substr(0, 8)));
    return true;
  }
  if (own == Taken::noted) return true;
  if (!last_try) return false;
  if (own == Taken::bad && (table_.own() || own_why.starts_with("Diff"))) {
    problem(std::move(own_why));
    return true;
  }
  if (taken != Taken::bad) return false;
  if (why == table_.refusal()) {
    if (why != refused_) problem(why);
    refused_ = std::move(why);
  } else {
    problem(std::move(why));
  }
  return true;
}

bool LogReader::take_json(std::string_view line) {
  switch (json_.take_line(line)) {
    case JsonReader::Answer::no: return false;
    case JsonReader::Answer::more: return true;
    case JsonReader::Answer::done:
      if (json_.parse([this](const Object& object) { take_object(object); })) return true;
      break;
    case JsonReader::Answer::given_up: break;
  }
  replaying_ = true;
  for (const std::string& one : json_.take_lines()) read(one);
  replaying_ = false;
  return true;
}

bool LogReader::take_list(std::string_view line) {
  return list_.take_line(line, [this](const Object& object) { take_object(object); });
}

void LogReader::take_object(const Object& object) {
  std::string why;
  const Taken taken = objects_.take(object, parsed_, why);
  if (taken == Taken::no) {
    // What is no row may tell the time of what follows.
    for (const auto& [name, text] : object) {
      const What what = column_of(name).what;
      if (what != What::time && what != What::time_utc) continue;
      if (const TimeText time = find_time(text); time.day) collector_.set_time(time.when());
      return;
    }
    return;
  }
  if (parsed_.totals.any()) {
    if (parsed_.time) collector_.set_time(*parsed_.time);
    collector_.add_totals(parsed_.totals, lines_.number(), false);
  }
  add(parsed_);
  for (std::string& one : objects_.take_notes()) note(std::move(one));
  if (taken == Taken::bad) problem(std::move(why));
}

bool LogReader::take_time(std::string_view line) {
  constexpr std::size_t kLongest = 200;
  if (line.size() > kLongest || !has_digit(line)) return false;
  const TimeText found = find_time(line);
  if (!found.any() || found.letters > kProse) return false;
  in_rows_ = false;
  // `date /t` and `time /t` write two lines.
  if (found.day || found.elapsed) {
    pending_ = found;
  } else if (pending_.day && !pending_.second) {
    pending_.second = found.second;
  } else {
    pending_ = found;
  }
  collector_.set_time(pending_.when());
  if (pending_.second || pending_.elapsed) pending_ = {};
  return true;
}

/// A line of prose between tables names a pool.
void LogReader::take_pool_words(std::string_view line) {
  if (in_rows_) collector_.section(Collector::Section::prose);
  const auto pool = pool_in_words(line);
  if (!pool) return;
  heading_ = pool;
  if (table_.is_open() && is_title(line)) table_.set_pool(*pool);
}

/// Rows of a table whose heading is missing: nothing says which number is which.
void LogReader::take_headless(std::string_view line) {
  constexpr std::size_t kFewest = 3, kLongest = 1000;
  if (line.size() > kLongest || !has_digit(line)) return;
  std::size_t numbers = 0, words = 0;
  tagdb::PoolTag tag;
  bool first = true, pools = false;
  const char delimiter = delimiter_of(line);
  std::vector<std::string> cells;
  if (delimiter == ',' || delimiter == '\t' || delimiter == ';' || delimiter == '|') split(line, delimiter, cells);
  if (cells.size() < 4) {
    cells.clear();
    for (const Cell& word : words_between_blanks(line)) cells.emplace_back(word.text);
  }
  for (const std::string& cell : cells) {
    const std::string_view text = trimmed(cell);
    if (text.empty()) continue;
    if (first) {
      if (text.size() < 3 || !tag_from_cell(text, tag) || looks_like_number(text)) return;
      first = false;
      continue;
    }
    ++words;
    if (looks_like_number(text)) ++numbers;
    if (pool_of_cell(text)) pools = true;
  }
  if (first || (numbers < kFewest && !(pools && numbers > 0)) || numbers * 3 < words) return;
  if (headless_++ == 0) {
    headless_line_ = lines_.number();
    headless_why_ = "rows of a tag and " + std::to_string(numbers) +
                    (numbers == 1 ? " number" : " numbers") + ", but no heading says which is bytes: add the line with the column names";
  }
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
}

bool LogReader::next(Snapshot& out) {
  out.clear();
  while (!collector_.ready()) {
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
  if (collector_.ready()) {
    collector_.take(first);
    return first.time;
  }
  return collector_.building().time;
}

}  // namespace scanner::poolmon

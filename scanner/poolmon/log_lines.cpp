// Lines that are no rows of a table: what a log says about the machine, counters, objects, times, names of pools; and
// rows whose heading is missing.
#include <algorithm>

#include "scanner/poolmon/log_reader.hpp"
#include "scanner/poolmon/screen.hpp"
#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kProse = 24;  // letters beside a date that still make a separator and no sentence

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool has_digit(std::string_view line) { return line.find_first_of("0123456789") != std::string_view::npos; }

/// "Paged pool:", "### Largest nonpaged-pool tags": a title, no sentence.
bool is_title(std::string_view line) {
  const std::string_view text = trimmed(line);
  const auto words = std::count(text.begin(), text.end(), ' ') + 1;
  return words <= 5 || (words <= 10 && (text.ends_with(':') || text.starts_with('#') || text.starts_with("--") ||
                                        text.starts_with("==")));
}

}  // namespace

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
    list_.flush([this](const Object& object) { take_object(object); });  // "Timestamp : …" stands above
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
    const auto words = words_of(name);
    if (!words || std::find(words->begin(), words->end(), Word::pool) == words->end()) return false;
    column = counter_named(name);
    if (column.what == What::none) {
      // "nonpaged pool: 2.61 GB" says by its unit that it is a size
      const auto last = value.find_last_of(" 0123456789");
      if (last == std::string_view::npos || !unit_of_word(value.substr(last + 1))) return false;
      column = counter_named(std::string(name) + " bytes");
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

/// One line with names and values: "10:00:00 TAG=Leak POOL=nonpaged BYTES=1000".
bool LogReader::take_inline(std::string_view line) {
  std::string_view before;
  const Object object = object_in_line(line, before);
  if (object.empty()) return false;
  std::string why;
  const Taken taken = objects_.take(object, parsed_, why);
  if (taken == Taken::no) return false;
  if (!parsed_.time) {
    if (const TimeText time = find_time(before); time.any() && time.letters <= kProse) parsed_.time = time.when();
  }
  add(parsed_);
  for (std::string& one : objects_.take_notes()) note(std::move(one));
  if (taken == Taken::bad) problem(std::move(why));
  return true;
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
    headless_why_ = "rows of a tag and " + std::to_string(numbers) + (numbers == 1 ? " number" : " numbers") +
                    ", but no heading says which is bytes: add the line with the column names";
  }
}

}  // namespace scanner::poolmon

#include "scanner/poolmon/screen.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "scanner/poolmon/table.hpp"
#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::uint64_t kKilo = 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The number of kilobytes behind `label` ("Avail:   96364K"), in bytes.
std::optional<std::uint64_t> kilobytes(std::string_view line, std::string_view label, std::size_t from = 0) {
  std::size_t at = line.find(label, from);
  if (at == std::string_view::npos) return std::nullopt;
  at += label.size();
  while (at < line.size() && line[at] == ' ') ++at;
  std::int64_t value = 0;
  if (!read_integer(line, at, value) || value < 0 || at >= line.size() || line[at] != 'K') return std::nullopt;
  return static_cast<std::uint64_t>(value) * kKilo;
}

bool proves_itself(std::int64_t allocs, std::int64_t frees, std::int64_t diff) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(allocs) - static_cast<std::uint64_t>(frees)) ==
         static_cast<std::uint32_t>(diff);
}

struct Number {
  std::int64_t value = 0;
  std::string_view text;
  std::size_t end = 0;  ///< in the line
};

/// Could `next` be the next three digits of the number before it, with a blank between?
bool could_continue(const Number& before, const Number& next) {
  const auto digits = [](std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); };
  return before.end + 1 == next.end - next.text.size() && next.text.size() == 3 && digits(next.text) &&
         digits(before.text);
}

/// Five numbers from the ones that stand there, of which neighbours may be one number; those that prove themselves in
/// exactly one way.
bool group_by_proof(const std::vector<Number>& found, std::array<std::int64_t, 5>& numbers, std::size_t& end) {
  std::size_t ways = 0;
  const auto search = [&](const auto& self, std::size_t at, std::size_t count,
                          std::array<std::int64_t, 5>& so_far) -> void {
    if (count == 5 || at == found.size()) {
      if (count < 5 || at != found.size() || !proves_itself(so_far[0], so_far[1], so_far[2])) return;
      const std::int64_t each = so_far[2] > 0 ? so_far[3] / so_far[2] : 0;
      if (each != so_far[4]) return;
      ++ways;
      numbers = so_far;
      end = found.back().end;
      return;
    }
    std::int64_t value = found[at].value;
    for (std::size_t last = at;; ++last) {
      so_far[count] = value;
      self(self, last + 1, count + 1, so_far);
      if (last + 1 >= found.size() || !could_continue(found[last], found[last + 1]) || last - at >= 5) return;
      if (last == at && found[at].text.size() > 3) return;
      value = value * 1000 + found[last + 1].value;
    }
  };
  std::array<std::int64_t, 5> so_far{};
  if (found.size() <= 20) search(search, 0, 0, so_far);
  return ways == 1;
}

/// Before the type: quoting, list marks, then the tag.
bool tag_before(std::string_view before, tagdb::PoolTag& tag) {
  const auto is_mark = [](char c) { return c == '>' || c == '*' || c == '|' || c == '-' || c == '#'; };
  for (;;) {
    const std::string_view word = trimmed(before);
    if (word.empty()) return false;
    if (is_mark(word[0]) && word.size() > 1 && (word[1] == ' ' || word[1] == '\t')) {
      before = before.substr(before.find(word[0]) + 1);
      continue;
    }
    std::string_view cell = word;
    while (cell.ends_with('|')) cell = trimmed(cell.substr(0, cell.size() - 1));
    while (cell.starts_with('|')) cell = trimmed(cell.substr(1));
    // Right-justified under a column is a matter of plain rows; here what is missing was blank.
    return !cell.empty() && tag_from_cell(cell, tag);
  }
}

/// The word or two that name the pool, as a part of the line.
struct TypeWord {
  std::size_t at = 0, end = 0;
  Pool pool = Pool::unknown;
};

/// The one before the first number that has a tag before it.
std::optional<TypeWord> find_type(const std::string& line) {
  const std::vector<Cell> words = words_between_blanks(line);
  for (std::size_t i = 1; i < words.size() && i <= 8; ++i) {
    std::size_t end = 0;
    if (i + 1 < words.size() && (looks_like_number(words[i + 1].text) || words[i + 1].text[0] == '(')) {
      end = words[i].end();
    } else if (i + 2 < words.size() && looks_like_number(words[i + 2].text)) {
      end = words[i + 1].end();
    } else {
      continue;
    }
    if (const auto pool = pool_of_cell(std::string_view(line).substr(words[i].at, end - words[i].at)))
      return TypeWord{words[i].at, end, *pool};
  }
  return std::nullopt;
}

/// The numbers that follow one another from `at` on; `changes` counts those in parentheses between them.
std::vector<Number> numbers_behind(const std::string& line, std::size_t at, std::size_t& changes) {
  std::vector<Number> found;
  while (at < line.size() && found.size() < 24) {
    while (at < line.size() && line[at] == ' ') ++at;
    if (at >= line.size()) break;
    if (line[at] == '(') {
      at = line.find(')', at);
      if (at == std::string::npos) break;
      ++at;
      ++changes;
      continue;
    }
    const std::size_t end = std::min(line.find_first_of(" (", at), line.size());
    const std::string_view text = std::string_view(line).substr(at, end - at);
    Numbers reader;
    Number number;
    std::string ignored;
    const bool digits = looks_like_number(text) && text.find_first_not_of("-+0123456789.,'") == std::string_view::npos;
    if (!digits || !reader.read(text, std::nullopt, false, number.value, ignored)) break;
    number.text = text;
    number.end = end;
    found.push_back(number);
    at = end;
  }
  return found;
}

}  // namespace

bool plain_row(std::string_view line, std::size_t column, Row& row, std::string_view& behind) {
  const std::size_t type = column + 5;
  if (line.size() < type + 6 || line[column + 4] != ' ') return false;
  for (std::size_t i = 0; i < column; ++i) {
    if (line[i] != ' ') return false;
  }
  std::size_t at = type;
  bool paged = false;
  while (at < line.size() && at < type + 3 && line[at] == ' ') ++at;
  if (line.compare(at, 5, "Nonp ") == 0) {
    at += 4;
  } else if (line.compare(at, 6, "Paged ") == 0) {
    at += 5;
    paged = true;
  } else {
    return false;
  }
  std::int64_t numbers[5] = {};
  for (std::size_t count = 0; count < 5;) {
    while (at < line.size() && line[at] == ' ') ++at;
    if (at < line.size() && line[at] == '(') {
      at = line.find(')', at);
      if (at == std::string_view::npos || count == 0) return false;
      ++at;
      continue;
    }
    if (!read_integer(line, at, numbers[count])) return false;
    ++count;
    if (at < line.size() && line[at] != ' ' && line[at] != '(' && line[at] != '[') return false;
  }
  if (!proves_itself(numbers[0], numbers[1], numbers[2])) return false;
  if (!tag_from_columns(line.substr(column, 4), row.tag)) return false;
  row.pool = paged ? Pool::paged : Pool::nonpaged;
  row.allocs = numbers[0];
  row.frees = numbers[1];
  row.diff = numbers[2];
  row.bytes = numbers[3];
  behind = line.substr(at);
  return true;
}

Taken changed_row(std::string_view line, Row& row, std::string_view& behind, std::string& why) {
  constexpr std::size_t kLongest = 1024;
  if (line.size() > kLongest) return Taken::no;
  std::string flat(line);
  std::replace_if(
      flat.begin(), flat.end(), [](char c) { return c == '\t' || c == '|' || c == '"'; }, ' ');
  const std::optional<TypeWord> type = find_type(flat);
  if (!type) return Taken::no;
  std::size_t changes = 0;
  const std::vector<Number> found = numbers_behind(flat, type->end, changes);
  if (found.empty()) return Taken::no;
  if (!tag_before(line.substr(0, type->at), row.tag)) {
    if (is_total(trimmed(line.substr(0, type->at)))) return Taken::noted;
    why = "no tag of four characters before the type";
    return found.size() >= 5 ? Taken::bad : Taken::no;
  }
  std::array<std::int64_t, 5> numbers{};
  std::size_t end = 0;
  if (found.size() == 5) {
    for (std::size_t i = 0; i < 5; ++i) numbers[i] = found[i].value;
    end = found.back().end;
  }
  const bool plain = found.size() == 5 && proves_itself(numbers[0], numbers[1], numbers[2]);
  if (!plain && !(changes == 0 && group_by_proof(found, numbers, end))) {
    if (found.size() < 5)
      why = "five numbers belong behind the type, " + std::to_string(found.size()) + " could be read";
    else
      why = found.size() == 5 ? "Diff is not Allocs - Frees: the line is mangled"
                              : "five numbers belong behind the type, " + std::to_string(found.size()) + " stand there";
    return Taken::bad;
  }
  row.pool = type->pool;
  row.allocs = numbers[0];
  row.frees = numbers[1];
  row.diff = numbers[2];
  row.bytes = numbers[3];
  behind = line.substr(std::min(end, line.size()));
  return Taken::row;
}

bool begins_screen(std::string_view line) {
  return line.find("Memory:") != std::string_view::npos && line.find("Avail:") != std::string_view::npos;
}

bool take_machine(std::string_view line, Totals& totals) {
  if (begins_screen(line)) {
    totals.available = kilobytes(line, "Avail:");
    return true;
  }
  if (line.find("Commit:") == std::string_view::npos) return false;
  const auto commit = kilobytes(line, "Commit:");
  if (!commit) return false;
  totals.commit = commit;
  totals.commit_limit = kilobytes(line, "Limit:");
  if (const auto pool = line.find("Pool N:"); pool != std::string_view::npos) {
    totals.nonpaged = kilobytes(line, "Pool N:");
    totals.paged = kilobytes(line, "P:", pool + 7);
  }
  return true;
}

bool take_session(std::string_view line, Session& session) {
  const auto end = line.find("pool information");
  if (end == std::string_view::npos) return false;
  const std::string text(line.substr(0, end));
  const auto at = text.find("ession");
  session = Session();
  if (at == std::string::npos) return true;
  const auto digit = text.find_first_of("0123456789", at);
  std::int64_t id = 0;
  std::size_t place = digit;
  session = Session::all();
  if (digit != std::string::npos && read_integer(text, place, id) && id >= 0 && id < 65536)
    session = Session::number(static_cast<std::uint16_t>(id));
  return true;
}

}  // namespace scanner::poolmon

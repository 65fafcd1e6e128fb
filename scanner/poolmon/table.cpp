#include "scanner/poolmon/table.hpp"

#include <algorithm>

#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kLongest = 4096;  // of a line set with blanks
constexpr std::size_t kMostCells = 65536;

/// Adjacent words as one text of the line.
Cell joined(std::string_view line, const Cell& first, const Cell& last) {
  return {first.at, line.substr(first.at, last.end() - first.at)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Blanks over the changes in parentheses that stand behind numbers: "169392 (  16)".
std::string_view without_changes(std::string_view line, std::string& scratch) {
  if (line.find('(') == std::string_view::npos) return line;
  scratch = line;
  for (std::size_t open = scratch.find('('); open != std::string::npos; open = scratch.find('(', open + 1)) {
    const std::size_t close = scratch.find(')', open);
    if (close == std::string::npos) break;
    const std::string_view inside = std::string_view(scratch).substr(open + 1, close - open - 1);
    const std::size_t before = scratch.find_last_not_of(" \t", open == 0 ? 0 : open - 1);
    if (inside.find_first_not_of(" \t-+0123456789.,'") != std::string_view::npos ||
        inside.find_first_of("0123456789") == std::string_view::npos || open == 0 || before == std::string::npos ||
        before >= open || !is_digit(scratch[before]))
      continue;
    std::fill(scratch.begin() + static_cast<std::ptrdiff_t>(open),
              scratch.begin() + static_cast<std::ptrdiff_t>(close) + 1, ' ');
  }
  return scratch;
}

bool is_rule(std::string_view line) {
  return line.find_first_not_of(" -=_+|:\t.\xE2\x94\x80\x81\x82\x83\xBC\xAC\xB4\xA4") == std::string_view::npos;
}

}  // namespace

std::vector<Cell> words_between_blanks(std::string_view line) {
  std::vector<Cell> words;
  for (std::size_t at = line.find_first_not_of(" \t"); at != std::string_view::npos && words.size() < 1024;
       at = line.find_first_not_of(" \t", at)) {
    std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    if (line[at] == '\'' || line[at] == '"' || line[at] == '`') {
      const std::size_t quote = line.find(line[at], at + 1);
      if (quote != std::string_view::npos && quote - at <= 5 &&
          (quote + 1 == line.size() || line[quote + 1] == ' ' || line[quote + 1] == '\t'))
        end = quote + 1;
    }
    words.push_back({at, line.substr(at, end - at)});
    at = end;
  }
  return words;
}

char delimiter_of(std::string_view line) {
  std::size_t best = 0;
  char delimiter = 0;
  for (const char candidate : {',', ';', '\t', '|'}) {
    const auto count = static_cast<std::size_t>(std::count(line.begin(), line.end(), candidate));
    if (count > best) {
      best = count;
      delimiter = candidate;
    }
  }
  return delimiter;
}

void split(std::string_view line, char delimiter, std::vector<std::string>& cells) {
  std::size_t used = 0;
  const auto next = [&cells, &used]() -> std::string& {
    if (used == cells.size()) cells.emplace_back();
    cells[used].clear();
    return cells[used++];
  };
  for (std::size_t at = 0; used < kMostCells;) {
    std::string& out = next();
    std::size_t start = at;
    while (start < line.size() && line[start] == ' ' && delimiter != ' ') ++start;
    if (start < line.size() && line[start] == '"') {
      for (at = start + 1; at < line.size(); ++at) {
        if (line[at] == '"') {
          if (at + 1 >= line.size() || line[at + 1] != '"') break;
          ++at;
        }
        out += line[at];
      }
      at = std::min(line.find(delimiter, at), line.size());
    } else {
      const std::size_t end = std::min(line.find(delimiter, at), line.size());
      out = line.substr(at, end - at);
      at = end;
    }
    if (at >= line.size()) break;
    ++at;
  }
  cells.resize(used);
}

void Table::set_pool(Pool pool) {
  for (Layout& layout : layouts_) layout.figures.set_pool(pool);
}

std::vector<std::string> Table::take_notes() {
  return is_open() ? layouts_.front().figures.take_notes() : std::vector<std::string>();
}

Taken Table::take(std::string_view line, Parsed& out, std::string& why) {
  if (!is_open()) return Taken::no;
  if (is_rule(line)) return Taken::noted;
  Taken best = Taken::no;
  for (std::size_t i = 0; i < layouts_.size(); ++i) {
    std::string reason;
    out.clear();
    const Taken taken = take(layouts_[i], line, out, reason);
    if (taken == Taken::row && !out.rows.empty() && !sure_) {
      sure_ = true;
      if (i > 0) std::swap(layouts_[0], layouts_[i]);
      layouts_.resize(1);
    }
    if (taken == Taken::row || taken == Taken::noted) return taken;
    if (taken == Taken::bad && best == Taken::no) {
      best = taken;
      why = std::move(reason);
      if (!out.rows.empty()) return best;  // half of a row is good
    }
  }
  return best;
}

Taken Table::take(Layout& layout, std::string_view line, Parsed& out, std::string& why) {
  return layout.delimiter != 0 ? take_delimited(layout, line, out, why) : take_blanks(layout, line, out, why);
}

Taken Table::take_delimited(Layout& layout, std::string_view line, Parsed& out, std::string& why) {
  if (line.find(layout.delimiter) == std::string_view::npos) return Taken::no;
  split(line, layout.delimiter, split_);
  const std::size_t wanted = layout.figures.columns().size();
  std::size_t found = split_.size();
  while (found > wanted && trimmed(split_[found - 1]).empty()) --found;
  // Tools leave blank cells at the end out; commas are written in full.
  const bool short_row = found < wanted && found > layout.tag + 1 && layout.delimiter != ',';
  if (found != wanted && !short_row) {
    why = std::to_string(wanted) + " fields belong here, " + std::to_string(split_.size()) + " were found";
    return Taken::bad;
  }
  cells_.assign(wanted, {});
  for (std::size_t i = 0; i < found; ++i) cells_[i] = split_[i];
  return layout.figures.take(cells_, out, why);
}

/// "TOTAL   11000  3410056   4000  2740512": the bytes of whole pools.
Taken Table::take_total(const Layout& layout, std::string_view line, Parsed& out) {
  const std::vector<Cell> words = words_between_blanks(line);
  if (!behind_tag(layout, line, words, 1)) return Taken::noted;
  const std::vector<Column>& columns = layout.figures.columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].what != What::bytes || !columns[i].pool || !looks_like_number(cells_[i])) continue;
    Numbers numbers;
    std::int64_t value = 0;
    std::string ignored;
    if (!numbers.read(cells_[i], columns[i].unit, true, value, ignored) || value < 0) continue;
    if (*columns[i].pool == Pool::nonpaged) out.totals.nonpaged = static_cast<std::uint64_t>(value);
    if (*columns[i].pool == Pool::paged) out.totals.paged = static_cast<std::uint64_t>(value);
  }
  return Taken::noted;
}

Taken Table::take_blanks(Layout& layout, std::string_view raw, Parsed& out, std::string& why) {
  if (raw.size() > kLongest) return Taken::no;
  scratch_.assign(2, {});
  if (raw.find('\t') != std::string_view::npos) {
    scratch_[0] = raw;
    std::replace(scratch_[0].begin(), scratch_[0].end(), '\t', ' ');
    raw = scratch_[0];
  }
  const std::string_view line = without_changes(raw, scratch_[1]);
  const std::vector<Cell> words = words_between_blanks(line);
  if (words.size() < 2) return Taken::no;
  if (is_total(words[0].text)) return take_total(layout, line, out);
  rest_ = {};
  if (in_order(layout, line) || by_place(layout, line)) {
    const Taken taken = layout.figures.take(cells_, out, why);
    // WinDbg's text behind the numbers
    const auto binary = rest_.find("Binary:");
    if (binary != std::string_view::npos && out.owner.empty()) out.owner = trimmed(rest_.substr(binary + 7, 200));
    return taken;
  }
  // A row to the eye: a tag, and numbers behind it.
  tagdb::PoolTag tag;
  const std::size_t numbers = static_cast<std::size_t>(
      std::count_if(words.begin() + 1, words.end(), [](const Cell& word) { return looks_like_number(word.text); }));
  const std::size_t wanted =
      static_cast<std::size_t>(std::count_if(layout.figures.columns().begin(), layout.figures.columns().end(),
                                             [](const Column& column) { return is_figure(column.what); }));
  const std::size_t at = std::min(layout.tag, words.size() - 1);
  if (!tag_from_cell(words[at].text, tag) || numbers == 0 || numbers * 2 < wanted) return Taken::no;
  why = layout.figures.refusal().empty()
            ? std::to_string(wanted) + " numbers belong here, " + std::to_string(numbers) + " stand in the row"
            : layout.figures.refusal();
  return Taken::bad;
}

/// The words before the tag, and those behind it; the tag itself into its cell.
bool Table::find_tag(const Layout& layout, std::string_view line, std::vector<Cell>& before,
                     std::vector<Cell>& behind) {
  const std::size_t at = layout.titles[layout.tag].at;
  const auto edge = [line](std::size_t place) { return place >= line.size() || line[place] == ' '; };
  std::size_t end = at;
  for (unsigned characters = 0; characters < 4 && end < line.size(); ++characters) {
    ++end;
    while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) ++end;
  }
  const bool quoted = at < line.size() && (line[at] == '\'' || line[at] == '"' || line[at] == '`');
  if (!quoted && line.size() > at && (at == 0 || edge(at - 1)) && edge(end) &&
      !trimmed(line.substr(at, end - at)).empty()) {
    before = words_between_blanks(line.substr(0, at));
    if (before.size() >= layout.tag) {
      cells_[layout.tag] = line.substr(at, end - at);
      for (const Cell& word : words_between_blanks(line.substr(std::min(end, line.size()))))
        behind.push_back({word.at + end, word.text});
      return true;
    }
  }
  const std::vector<Cell> words = words_between_blanks(line);
  // A date and a time of day before the tag are two words of one column.
  const std::size_t extra = layout.tag > 0 && layout.figures.has(What::time) ? 3 : 0;
  for (std::size_t index = layout.tag; index <= layout.tag + extra && index < words.size(); ++index) {
    tagdb::PoolTag tag;
    if (!tag_from_cell(words[index].text, tag)) continue;
    if (index + 1 < words.size() && extra > 0 && index < layout.tag + extra && looks_like_number(words[index].text) &&
        !looks_like_number(words[index + 1].text))
      continue;
    before.assign(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(index));
    behind.assign(words.begin() + static_cast<std::ptrdiff_t>(index) + 1, words.end());
    cells_[layout.tag] = words[index].text;
    return true;
  }
  return false;
}

/// Words to columns one after the other, by what each column holds.
bool Table::in_order(const Layout& layout, std::string_view line) {
  const std::vector<Column>& columns = layout.figures.columns();
  cells_.assign(columns.size(), {});
  std::vector<Cell> before, behind;
  if (!find_tag(layout, line, before, behind)) return false;
  std::size_t next = 0;
  for (std::size_t i = 0; i < layout.tag; ++i) {
    std::size_t last = next;
    if (columns[i].what == What::time || columns[i].what == What::time_utc)
      last = before.size() - (layout.tag - i);  // all that the other columns leave
    if (last >= before.size() || last < next) return false;
    const Cell cell = joined(line, before[next], before[last]);
    if (is_figure(columns[i].what) && !looks_like_number(cell.text) && !is_blank_cell(cell.text)) return false;
    cells_[i] = cell.text;
    next = last + 1;
  }
  if (next != before.size()) return false;
  return behind_tag(layout, line, behind, 0);
}

bool Table::behind_tag(const Layout& layout, std::string_view line, const std::vector<Cell>& words, std::size_t first) {
  const std::vector<Column>& columns = layout.figures.columns();
  if (cells_.size() != columns.size()) cells_.assign(columns.size(), {});
  std::size_t next = first, last_figure = 0;
  for (std::size_t i = layout.tag + 1; i < columns.size(); ++i) {
    if (is_figure(columns[i].what)) last_figure = i;
  }
  for (std::size_t i = layout.tag + 1; i < columns.size(); ++i) {
    const What what = columns[i].what;
    if (next >= words.size()) {
      if (i <= last_figure) return false;
      break;
    }
    std::size_t last = next;
    if (is_figure(what) || what == What::delta) {
      std::string_view text = words[next].text;
      const std::size_t letter = text.find_first_not_of("0123456789");
      const bool glued = i == last_figure && layout.ends_in_figure && what == What::bytes && letter > 0 &&
                         letter < text.size() && text.find_first_of(".,") == std::string_view::npos &&
                         text[letter] != 'x' && !unit_of_word(text.substr(letter));
      if (glued) {
        // Old debuggers write the description right behind the column, and it may begin with a digit.
        const std::size_t end = layout.titles[i].end;
        std::size_t digits = letter;
        if (end > words[next].at && end < words[next].at + digits) digits = end - words[next].at;
        cells_[i] = text.substr(0, digits);
        rest_ = line.substr(words[next].at + digits);
        return true;
      }
      if (!looks_like_number(text) && !is_blank_cell(text)) return false;
      const bool sized =
          what == What::bytes || what == What::total_bytes || what == What::per_block || what == What::delta;
      if (sized && next + 1 < words.size() && unit_of_word(words[next + 1].text)) ++last;
    } else if (what == What::type) {
      if (next + 1 < words.size() && !looks_like_number(words[next + 1].text) &&
          pool_of_cell(joined(line, words[next], words[next + 1]).text))
        ++last;
    } else if (what == What::time || what == What::time_utc) {
      while (last + 1 < words.size() && last < next + 2 && words[last + 1].text.find(':') != std::string_view::npos)
        ++last;
    } else if (what == What::owner || what == What::text) {
      // To the end, or to the numbers of the next columns.
      std::size_t left = 0;
      for (std::size_t j = i + 1; j < columns.size(); ++j) ++left;
      last = words.size() - 1;
      if (left > 0 && i < last_figure) {
        last = next;
        while (last + 1 < words.size() && !looks_like_number(words[last + 1].text)) ++last;
      } else if (left > 0) {
        last = next;
      }
    }
    cells_[i] = joined(line, words[next], words[last]).text;
    next = last + 1;
  }
  if (next < words.size()) rest_ = line.substr(words[next].at);
  // Numbers that no column claims: blanks that group digits, or a table that is understood wrongly.
  return next >= words.size() || !looks_like_number(words[next].text) || columns.back().what == What::text ||
         columns.back().what == What::owner || columns.back().what == What::none;
}

/// Words to columns by where they stand: there are blank cells. Every word has to stand under exactly one title.
bool Table::by_place(const Layout& layout, std::string_view line) {
  const std::vector<Column>& columns = layout.figures.columns();
  if (line.find("   ") == std::string_view::npos) return false;
  std::vector<Cell> words;
  for (const Cell& word : words_between_blanks(line)) {
    if (!words.empty() && words.back().end() + 1 == word.at &&
        (unit_of_word(word.text) || !(looks_like_number(word.text) || looks_like_number(words.back().text))))
      words.back() = joined(line, words.back(), word);
    else
      words.push_back(word);
  }
  cells_.assign(columns.size(), {});
  std::size_t next = 0;
  for (const Cell& word : words) {
    std::size_t found = columns.size();
    for (std::size_t i = next; i < columns.size(); ++i) {
      const Span& title = layout.titles[i];
      const bool touches = word.at < title.end && title.at < word.end();
      if (!touches) continue;
      if (found != columns.size()) return false;
      found = i;
    }
    if (found == columns.size()) return false;
    if (is_figure(columns[found].what) && !looks_like_number(word.text)) return false;
    cells_[found] = word.text;
    next = found + 1;
  }
  tagdb::PoolTag tag;
  return tag_from_cell(cells_[layout.tag], tag);
}

}  // namespace scanner::poolmon

#include "scanner/poolmon/figures.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

#include "scanner/poolmon/time_text.hpp"
#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kLongestOwner = 200;

/// "'A'", "'A' and 2 more"
std::string listed(const std::vector<Column>& columns, const std::vector<What>& whats) {
  std::string out;
  std::size_t more = 0;
  for (const Column& column : columns) {
    if (std::find(whats.begin(), whats.end(), column.what) == whats.end() || column.title.empty()) continue;
    if (out.size() > 60) {
      ++more;
      continue;
    }
    out += (out.empty() ? "'" : ", '") + column.title + "'";
  }
  if (more > 0) out += " and " + std::to_string(more) + " more";
  return out;
}

bool told_by(What what) { return what == What::owner || what == What::text; }

}  // namespace

bool tag_from_columns(std::string_view columns, tagdb::PoolTag& tag) {
  char bytes[4];
  std::size_t count = 0;
  for (std::size_t i = 0; i < columns.size();) {
    if (count == 4) return false;
    const auto lead = static_cast<unsigned char>(columns[i]);
    if (lead < 0x80) {
      if (lead < ' ') return false;
      bytes[count++] = columns[i++];
    } else if (lead < 0xC4 && i + 1 < columns.size()) {  // U+0080 to U+00FF: the byte itself, in Latin-1
      bytes[count++] = static_cast<char>((lead & 3) << 6 | (static_cast<unsigned char>(columns[i + 1]) & 0x3F));
      i += 2;
    } else {
      return false;
    }
  }
  if (count != 4) return false;
  // A tool prints a tag that ends in NULs as a shorter text, right-justified.
  std::size_t blanks = 0;
  while (blanks < 4 && bytes[blanks] == ' ') ++blanks;
  if (blanks == 4) return false;
  std::string text(bytes + blanks, 4 - blanks);
  text.append(blanks, '\0');
  tag = tagdb::PoolTag::from_text(text);
  return true;
}

bool tag_from_cell(std::string_view cell, tagdb::PoolTag& tag) {
  std::string_view inner = trimmed(cell);
  while (inner.size() > 4 && inner.starts_with("**") && inner.ends_with("**"))
    inner = inner.substr(2, inner.size() - 4);
  bool quoted = false;
  for (const std::string_view quote : {"'", "\"", "`", "\xE2\x80\x98", "\xE2\x80\x9C", "\xC2\xAB", "["}) {
    if (!inner.starts_with(quote) || inner.size() < 2 * quote.size() + 1 || inner.size() > 14) continue;
    const std::size_t end = inner.size() - (quote.size() == 3 ? 3 : quote.size());
    const char last = inner.back();
    if (quote.size() == 1 && last != quote[0] && !(quote == "[" && last == ']')) continue;
    inner = inner.substr(quote.size(), end - quote.size());
    quoted = true;
    break;
  }
  if (inner.starts_with("0x") && inner.size() >= 8 && inner.size() <= 10) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(inner.data() + 2, inner.data() + inner.size(), value, 16);
    if (error != std::errc{} || end != inner.data() + inner.size()) return false;
    tag = tagdb::PoolTag(value);
    return tag.plausible();
  }
  if (!quoted && cell.size() == 4) inner = cell;  // its blanks are its own
  std::string text(inner);
  std::size_t characters = 0;
  for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  if (characters < 4) text.append(4 - characters, ' ');
  return tag_from_columns(text, tag);
}

bool is_total(std::string_view word) {
  while (!word.empty() && (word.back() == ':' || word.back() == '*' || word.back() == '=')) word.remove_suffix(1);
  while (!word.empty() && word.front() == '*') word.remove_prefix(1);
  if (word.size() == 4 || word.empty() || word.size() > 30) return false;
  const auto words = words_of(word);
  return words && words->size() == 1 && words->front() == Word::total;
}

Figures::Figures(std::vector<Column> columns, std::optional<Pool> pool, const std::vector<Pool>& groups)
    : columns_(std::move(columns)), pool_(pool) {
  // A list of single blocks has their addresses in front: Volatility calls the column "Allocation".
  if (columns_.size() > 2 && columns_[0].what == What::allocs && folded(columns_[0].title) == "allocation" &&
      !has(What::frees))
    columns_[0].what = What::address;
  name_groups(groups);
  for (const Column& column : columns_) {
    if (is_figure(column.what) && column.pool && std::find(pools_.begin(), pools_.end(), column.pool) == pools_.end())
      pools_.push_back(column.pool);
  }
  blocks_ = has(What::address);
  // "Bytes allocated" beside bytes that are in use, or beside "bytes freed", is counted since the start.
  for (Column& column : columns_) {
    if (!column.weak || column.what != What::bytes) continue;
    const bool other = std::any_of(columns_.begin(), columns_.end(), [&column](const Column& one) {
      return one.pool == column.pool &&
             ((one.what == What::bytes && !one.weak) || (one.what == What::ignored && one.weak));
    });
    if (other) column.what = What::ignored;
  }
  counters_ = !has(What::tag) && std::any_of(columns_.begin(), columns_.end(),
                                             [](const Column& column) { return column.what >= What::total_nonpaged; });
  // Of one group: allocations without frees are those that are there now.
  for (const auto& of : pools_.empty() ? std::vector<std::optional<Pool>>{std::nullopt} : pools_) {
    const auto find = [this, &of](What what) {
      return std::find_if(columns_.begin(), columns_.end(),
                          [&](const Column& column) { return column.what == what && column.pool == of; });
    };
    const auto allocs = find(What::allocs);
    if (allocs != columns_.end() && find(What::frees) == columns_.end() && find(What::diff) == columns_.end())
      allocs->what = What::diff;
  }
  if (!pools_.empty()) {
    const auto loose = [this](What what) {
      return std::find_if(columns_.begin(), columns_.end(),
                          [what](const Column& column) { return column.what == what && !column.pool; });
    };
    if (loose(What::allocs) != columns_.end() && loose(What::frees) == columns_.end() &&
        loose(What::diff) == columns_.end())
      loose(What::allocs)->what = What::diff;
  }
  find_refusal();
}

bool Figures::has(What what) const {
  return std::any_of(columns_.begin(), columns_.end(), [what](const Column& column) { return column.what == what; });
}

/// "Allocs Used Allocs Used": the same columns twice, once a pool. WinDbg writes the pools' names above them, nonpaged
/// pool first, and pastes often lose that line.
void Figures::name_groups(const std::vector<Pool>& groups) {
  std::vector<std::size_t> figures;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (is_figure(columns_[i].what) && !columns_[i].pool) figures.push_back(i);
  }
  const std::size_t half = figures.size() / 2;
  if (half == 0 || figures.size() % 2 != 0) return;
  bool bytes = false, allocs = false;
  for (std::size_t i = 0; i < half; ++i) {
    if (columns_[figures[i]].what != columns_[figures[i + half]].what) return;
    bytes = bytes || columns_[figures[i]].what == What::bytes;
    allocs = allocs || columns_[figures[i]].what == What::allocs;
  }
  const bool windbg = allocs && bytes && (half == 2 || half == 4);
  if (half == 1 && groups.size() != 2) return;
  if (groups.size() != 2 && !windbg) {
    refusal_ = "two columns are called '" + columns_[figures[0]].title + "', and nothing says which pool each is about";
    return;
  }
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const std::size_t group = i < half ? 0 : 1;
    columns_[figures[i]].pool = groups.size() == 2 ? groups[group] : group == 0 ? Pool::nonpaged : Pool::paged;
  }
}

void Figures::find_refusal() {
  if (counters_ || !refusal_.empty()) return;
  if (std::any_of(columns_.begin(), columns_.end(), [](const Column& column) { return column.cut; })) {
    refusal_ = "the window was too narrow for the table, and its columns are cut off: write CSV instead";
    return;
  }
  const std::string unknown = listed(columns_, {What::none});
  if (!has(What::bytes) && !has(What::total_bytes)) {
    refusal_ = has(What::delta) ? "the columns " + listed(columns_, {What::delta}) +
                                      " are changes, no sizes, and no other column name says bytes"
                                : "rows of tags, but no column name says bytes";
    if (!unknown.empty()) refusal_ += "; not understood: " + unknown;
    return;
  }
  const bool placed = !pools_.empty() || pool_ || has(What::type);
  if (placed) return;
  const auto tag =
      std::find_if(columns_.begin(), columns_.end(), [](const Column& column) { return column.what == What::tag; });
  const bool surely = tag != columns_.end() && folded(tag->title).find("tag") != std::string::npos;
  if (blocks_)
    refusal_ = "a list of single blocks, and no heading says which pool they are of";
  else if (has(What::delta) && !has(What::diff))
    refusal_ = "the columns " + listed(columns_, {What::delta}) +
               " are changes, no sizes, and nothing says which pool the other column names are about";
  else if (!surely || !unknown.empty() || !(has(What::diff) || has(What::allocs)))
    refusal_ = "a table of tags and sizes, but no heading says which pool it is about" +
               (unknown.empty() ? "" : "; not understood: " + unknown);
}

void Figures::name_unknown(const std::vector<std::string_view>& cells) {
  for (std::size_t i = 0; i < cells.size() && i < columns_.size(); ++i) {
    if (columns_[i].what != What::none || named_.count(i) > 0 || !looks_like_number(cells[i])) continue;
    named_.insert(i);
    notes_.push_back(columns_[i].title.empty()
                         ? "a column without a name holds numbers, which are not used"
                         : "the column '" + columns_[i].title + "' is not understood: its numbers are not used");
  }
}

bool Figures::take_time(const std::vector<std::string_view>& cells, Parsed& out, std::string& why) {
  const What what = has(What::time_utc) ? What::time_utc : What::time;
  std::string text;
  for (std::size_t i = 0; i < cells.size() && i < columns_.size(); ++i) {
    if (columns_[i].what != what) continue;
    if (!text.empty()) text += ' ';
    text += trimmed(cells[i]);
  }
  if (text.empty()) return true;
  if (text != last_time_text_ || !last_time_) {
    const TimeText found = find_time(text);
    if (!found.any()) {
      why = "no time in the column for it";
      return false;
    }
    last_time_ = found.when();
    if (columns_.front().title.find("PDH-") != std::string::npos)
      last_time_->other = last_time_->seconds;  // perfmon's are month/day/year everywhere
    last_time_text_ = text;
  }
  out.time = last_time_;
  return true;
}

Taken Figures::take_counters(const std::vector<std::string_view>& cells, Parsed& out, std::string& why) {
  bool any = false;
  for (std::size_t i = 0; i < cells.size() && i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (column.what < What::total_nonpaged) continue;
    const std::string_view host = host_of(column.title);
    if (out.host.empty()) out.host = host;
    if (host != out.host) {
      if (named_.insert(i).second)
        notes_.push_back("counters of several machines: only those of " + out.host + " are read, not '" + column.title +
                         "'");
      continue;
    }
    std::int64_t value = 0;
    std::string ignored;
    if (!numbers_.read(cells[i], column.unit, true, value, ignored) || value < 0) continue;  // blank: a missed sample
    any = true;
    const auto bytes = static_cast<std::uint64_t>(value);
    switch (column.what) {
      case What::total_nonpaged: out.totals.nonpaged = bytes; break;
      case What::total_paged: out.totals.paged = bytes; break;
      case What::available: out.totals.available = bytes; break;
      case What::commit: out.totals.commit = bytes; break;
      case What::commit_limit: out.totals.commit_limit = bytes; break;
      default: break;
    }
  }
  if (any) return Taken::row;
  why = "no figure of the pools in this sample";
  return Taken::bad;
}

/// The figures of one pool. `of`: of columns that name it; `loose`: columns that name none belong to it, too.
bool Figures::pool_row(std::optional<Pool> of, Row row, bool loose, const std::vector<std::string_view>& cells,
                       Parsed& out, std::uint64_t other, std::string& why) {
  std::optional<std::int64_t> each;
  bool exact = false;  // the column is called a difference
  const bool whole = has(What::bytes);
  for (std::size_t i = 0; i < columns_.size() && i < cells.size(); ++i) {
    const Column& column = columns_[i];
    if (!is_figure(column.what) || (column.pool != of && !(loose && !column.pool))) continue;
    std::optional<std::int64_t>* target = nullptr;
    switch (column.what) {
      case What::allocs: target = &row.allocs; break;
      case What::frees: target = &row.frees; break;
      case What::diff:
        target = &row.diff;
        exact = exact || column.exact;
        break;
      case What::bytes: target = &row.bytes; break;
      case What::total_bytes:
        if (!whole) target = &row.bytes;
        break;
      case What::per_block: target = &each; break;
      default: break;
    }
    if (target == nullptr || *target || is_blank_cell(cells[i])) continue;
    const bool sized = column.what == What::bytes || column.what == What::total_bytes || column.what == What::per_block;
    std::int64_t value = 0;
    if (!numbers_.read(cells[i], column.unit, sized, value, why)) {
      if (column.what == What::per_block) continue;  // only a help
      return false;
    }
    *target = value;
  }
  if (row.counted() && row.diff && exact &&
      static_cast<std::uint32_t>(*row.allocs - *row.frees) != static_cast<std::uint32_t>(*row.diff)) {
    why = "Diff is not Allocs - Frees: the line is mangled, or the columns are not what they are called";
    return false;
  }
  if (!row.diff && row.counted()) row.diff = *row.allocs - *row.frees;
  if (blocks_ && !row.diff) row.diff = 1;
  if (!row.bytes && row.diff == 0) row.bytes = 0;
  if (!row.diff && row.bytes && each.value_or(0) > 0 && *row.bytes % *each == 0) row.diff = *row.bytes / *each;
  if (row.bytes.value_or(0) == 0 && row.diff.value_or(0) == 0 && row.allocs.value_or(0) == 0) return true;
  out.rows.push_back({row, other, blocks_});
  return true;
}

/// What the cells of a line say before the figures.
struct Figures::Subject {
  Row row;
  bool has_tag = false;
  bool typed = false;      ///< a cell named the pool
  std::string not_a_pool;  ///< what stands in its column instead
  bool type_column = false;
  std::uint64_t other = 0;  ///< see TableRow
};

bool Figures::read_subject(const std::vector<std::string_view>& cells, Parsed& out, Subject& subject) const {
  Row& row = subject.row;
  row.pool = pool_.value_or(Pool::unknown);
  for (std::size_t i = 0; i < cells.size() && i < columns_.size(); ++i) {
    const std::string_view cell = trimmed(cells[i]);
    switch (columns_[i].what) {
      case What::tag:
        if (is_total(cell)) return false;
        subject.has_tag = tag_from_cell(cells[i], row.tag);
        break;
      case What::type:
        if (folded(cell) == "aifi") return false;  // the analyzer's word for what was freed again
        subject.type_column = true;
        if (const auto named = pool_of_cell(cell)) {
          row.pool = *named;
          subject.typed = true;
        } else {
          subject.not_a_pool = cell.substr(0, 40);
        }
        break;
      case What::session: {
        std::size_t at = 0;
        std::int64_t id = 0;
        if (read_integer(cell, at, id) && at == cell.size() && id >= 0 && id < 65536)
          row.session = Session::number(static_cast<std::uint16_t>(id));
        break;
      }
      case What::host: out.host = cell; break;
      case What::owner:
        if (!cell.empty() && out.owner.empty()) out.owner = cell.substr(0, kLongestOwner);
        break;
      default: break;
    }
    if (told_by(columns_[i].what) || (columns_[i].what == What::none && !looks_like_number(cell)))
      subject.other = subject.other * 31 + std::hash<std::string_view>{}(cell);
  }
  if (row.session.id() && row.pool == Pool::paged) row.pool = Pool::session;
  return true;
}

Taken Figures::take(const std::vector<std::string_view>& cells, Parsed& out, std::string& why) {
  if (!refusal_.empty()) {
    why = refusal_;
    return Taken::bad;
  }
  if (!take_time(cells, out, why)) return Taken::bad;
  if (counters_) return take_counters(cells, out, why);
  Subject subject;
  if (!read_subject(cells, out, subject)) return Taken::noted;
  if (!subject.has_tag) {
    why = "no tag of four characters in the column for it";
    return Taken::bad;
  }
  if (subject.type_column && !subject.typed && pools_.empty() && !pool_) {
    why = "'" + subject.not_a_pool + "' is no pool";
    return Taken::bad;
  }
  const Row& row = subject.row;
  const std::size_t before = out.rows.size();
  bool good = true;
  if (pools_.empty()) good = pool_row(std::nullopt, row, true, cells, out, subject.other, why);
  for (const std::optional<Pool>& of : pools_) {
    Row one = row;
    one.pool = *of;
    const bool loose = subject.typed ? row.pool == *of : pools_.size() == 1;
    good = pool_row(of, one, loose, cells, out, subject.other, why) && good;
  }
  if (!good) return Taken::bad;
  if (out.rows.size() > before) name_unknown(cells);
  return Taken::row;
}

}  // namespace scanner::poolmon

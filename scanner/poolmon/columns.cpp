#include "scanner/poolmon/columns.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace scanner::poolmon {
namespace {

constexpr std::pair<std::string_view, What> kNames[] = {{"datetime", What::time},
                                                        {"date", What::time},
                                                        {"time", What::time},
                                                        {"timestamp", What::time},
                                                        {"datetimeutc", What::time_utc},
                                                        {"tag", What::tag},
                                                        {"pooltag", What::tag},
                                                        {"type", What::type},
                                                        {"pool", What::type},
                                                        {"pooltype", What::type},
                                                        {"binary", What::owner},
                                                        {"driver", What::owner},
                                                        {"mappeddriver", What::owner}};

/// Behind the pool's name, or alone.
constexpr std::pair<std::string_view, What> kFigures[] = {{"allocs", What::allocs},
                                                          {"allocations", What::allocs},
                                                          {"alloccount", What::allocs},
                                                          {"frees", What::frees},
                                                          {"freecount", What::frees},
                                                          {"diff", What::diff},
                                                          {"count", What::diff},
                                                          {"outstanding", What::diff},
                                                          {"outstandingcount", What::diff},
                                                          {"outstandingallocs", What::diff},
                                                          {"outstandingallocations", What::diff},
                                                          {"bytes", What::bytes},
                                                          {"used", What::bytes},
                                                          {"usedbytes", What::bytes},
                                                          {"bytesused", What::bytes},
                                                          {"currentbytes", What::bytes},
                                                          {"size", What::bytes},
                                                          {"sizeb", What::bytes},
                                                          {"impactingsize", What::bytes},
                                                          {"outstandingsize", What::bytes},
                                                          {"usage", What::bytes},
                                                          {"total", What::total_bytes},
                                                          {"totalused", What::total_bytes},
                                                          {"totalbytes", What::total_bytes},
                                                          {"totalusedbytes", What::total_bytes}};

constexpr std::pair<std::string_view, Pool> kPools[] = {
    {"nonpagedpool", Pool::nonpaged}, {"nonpaged", Pool::nonpaged}, {"nonp", Pool::nonpaged}, {"np", Pool::nonpaged},
    {"pagedpool", Pool::paged},       {"paged", Pool::paged},       {"pp", Pool::paged}};

constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
    {"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"kb", 1 << 10},     {"mb", 1 << 20},
    {"gb", 1 << 30},  {"b", 1},         {"bytes", 1},     {"kbytes", 1 << 10}, {"mbytes", 1 << 20}};

template <typename Value, std::size_t N>
const Value* find(const std::pair<std::string_view, Value> (&table)[N], std::string_view name) {
  for (const auto& [known, value] : table) {
    if (known == name) return &value;
  }
  return nullptr;
}

Column counter_of(std::string_view title) {
  const std::string name = folded(title);
  if (name == "poolnonpagedbytes") return {What::total_nonpaged, {}, {}, false};
  if (name == "poolpagedbytes") return {What::total_paged, {}, {}, false};
  if (name == "availablebytes") return {What::available, {}, {}, false};
  if (name == "availablekbytes") return {What::available, {}, 1 << 10, false};
  if (name == "availablembytes") return {What::available, {}, 1 << 20, false};
  if (name == "committedbytes") return {What::commit, {}, {}, false};
  if (name == "commitlimit") return {What::commit_limit, {}, {}, false};
  return {};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(" \t_.()[]`*-/").find(c) == std::string_view::npos)
      out += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }
  return out;
}

Column column_of(std::string_view title, bool first) {
  if (const auto counter = title.rfind('\\'); counter != std::string_view::npos)
    return counter_of(title.substr(counter + 1));
  // perfmon's first column is called "(PDH-CSV 4.0) (time zone)(minutes)", typeperf's much the same.
  if (first && title.find("PDH-CSV") != std::string_view::npos) return {What::time, {}, {}, false};
  Column column;
  const bool cut = title.ends_with("...") || title.ends_with("\xE2\x80\xA6");
  // "Outstanding allocations (allocs - frees)": what follows explains, unless it is the unit.
  if (const auto open = title.find('('); open != std::string_view::npos && open > 0) {
    const auto close = title.find(')', open);
    const std::string inside =
        folded(title.substr(open, close == std::string_view::npos ? std::string_view::npos : close - open + 1));
    if (find(kUnits, inside) == nullptr) title = title.substr(0, open);
  }
  std::string name = folded(title);
  if (cut) {
    column.cut = name.starts_with("paged") || name.starts_with("nonp") || name.starts_with("total");
    return column;
  }
  if (const What* what = find(kNames, name)) {
    column.what = *what;
    return column;
  }
  const auto figure = [&column](std::string_view rest) {
    const What* what = find(kFigures, rest);
    if (what != nullptr) column.what = *what;
    return what != nullptr;
  };
  const auto with_pool = [&](std::string_view whole, bool alone) {
    if (figure(whole)) return true;
    for (const auto& [prefix, pool] : kPools) {
      if (!whole.starts_with(prefix)) continue;
      const std::string_view rest = whole.substr(prefix.size());
      if (!figure(rest) && !(alone && rest.empty())) continue;
      if (rest.empty()) column.what = What::bytes;
      column.pool = pool;
      return true;
    }
    return false;
  };
  if (with_pool(name, false)) return column;
  for (const auto& [suffix, bytes] : kUnits) {
    if (suffix.size() < 2 || !name.ends_with(suffix)) continue;
    std::string_view rest = std::string_view(name).substr(0, name.size() - suffix.size());
    if (rest.ends_with("in")) rest.remove_suffix(2);
    const bool known = with_pool(rest, true);
    if (!known && !rest.empty()) continue;
    if (!known) column.what = What::bytes;
    if (column.what == What::bytes || column.what == What::total_bytes) column.unit = bytes;
    return column;
  }
  return column;
}

bool is_table(const std::vector<Column>& columns) {
  bool tag = false, figures = false;
  for (const Column& column : columns) {
    tag = tag || column.what == What::tag;
    figures = figures || column.what == What::bytes || column.what == What::total_bytes || column.cut;
  }
  return tag && figures;
}

std::optional<std::int64_t> Numbers::unit_of(std::string_view word) {
  const auto* unit = find(kUnits, folded(word));
  return unit != nullptr ? std::optional(*unit) : std::nullopt;
}

bool Numbers::read(std::string_view field, const Column& column, std::int64_t& value, std::string& why) {
  field = trimmed(field);
  std::int64_t unit = column.unit.value_or(1);
  bool fraction = column.unit && *column.unit != 1;
  std::string plain;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const char c = field[i];
    if (is_digit(c) || c == '.' || c == ',' || ((c == '-' || c == '+') && plain.empty())) {
      plain += c;
      continue;
    }
    // Blanks, also those that do not break lines, apostrophes of both kinds and underscores group digits.
    const bool wide = field.substr(i).starts_with("\xE2\x80\xAF") || field.substr(i).starts_with("\xE2\x80\x99") ||
                      field.substr(i).starts_with("\xE2\x80\x89");
    const bool no_break = field.substr(i).starts_with("\xC2\xA0");
    if (wide || no_break || c == ' ' || c == '\'' || c == '_') {
      i += wide ? 2 : no_break ? 1 : 0;
      continue;
    }
    const auto written = unit_of(field.substr(i));
    if (!written) {
      plain.clear();
      break;
    }
    unit = *written;
    fraction = unit != 1;
    break;
  }
  const auto dots = std::count(plain.begin(), plain.end(), '.'), commas = std::count(plain.begin(), plain.end(), ',');
  char decimal = 0;
  if (dots > 0 && commas > 0) {
    decimal = plain.rfind('.') > plain.rfind(',') ? '.' : ',';
    if ((decimal == '.' ? dots : commas) > 1) plain.clear();
  } else if (dots + commas == 1) {
    const char mark = dots > 0 ? '.' : ',';
    const std::size_t at = plain.find(mark), before = at - (plain[0] == '-' || plain[0] == '+' ? 1 : 0);
    const bool could_group = plain.size() - at - 1 == 3 && before >= 1 && before <= 3 && plain[at - 1] != '-' &&
                             !(before == 1 && plain[at - 1] == '0');
    if (!could_group) {
      decimal = mark;
    } else if (fraction && decimal_ != 0) {
      decimal = mark == decimal_ ? mark : '\0';
    } else if (fraction && mark == '.') {
      why = "'" + std::string(field) + "' can be read in two ways, and nothing before it tells which";
      return false;
    }
  }
  if (decimal != 0) decimal_ = decimal;
  std::string number;
  for (const char c : plain) {
    if (c == '.' || c == ',') {
      if (c == decimal) number += '.';
    } else {
      number += c;
    }
  }
  char* end = nullptr;
  const double result = std::strtod(number.c_str(), &end) * static_cast<double>(unit);
  constexpr double kMost = 9.0e18;
  if (number.empty() || !is_digit(number.back()) || end != number.c_str() + number.size() || !std::isfinite(result) ||
      std::fabs(result) > kMost) {
    why = "a number belongs where '" + std::string(field.substr(0, 40)) + "' stands";
    return false;
  }
  // Beyond 53 bits only what is written without fraction and unit is exact.
  value = decimal == 0 && unit == 1 ? std::strtoll(number.c_str(), nullptr, 10) : std::llround(result);
  return true;
}

void Table::open(std::vector<Column> columns) {
  columns_ = std::move(columns);
  numbers_ = {};
  default_pool_ = heading_.value_or(Pool::unknown);
  heading_.reset();
}

bool Table::continues(const Snapshot& snapshot) const {
  return heading_ && std::none_of(snapshot.rows.begin(), snapshot.rows.end(), [this](const Row& row) {
           return row.pool == *heading_ || row.pool == Pool::unknown;
         });
}

bool Table::pool_row(tagdb::PoolTag tag, std::optional<Pool> of, Pool pool, const std::vector<std::string>& fields,
                     Snapshot& into, std::string& why) {
  Row row;
  row.tag = tag;
  row.pool = pool;
  bool allocs = false, frees = false, diff = false, bytes = false;
  const bool whole =
      std::any_of(columns_.begin(), columns_.end(), [](const Column& column) { return column.what == What::bytes; });
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (column.pool != of) continue;
    bool* have = nullptr;
    std::optional<std::int64_t>* target = nullptr;
    switch (column.what) {
      case What::allocs: have = &allocs, target = &row.allocs; break;
      case What::frees: have = &frees, target = &row.frees; break;
      case What::diff: have = &diff, target = &row.diff; break;
      case What::bytes: have = &bytes, target = &row.bytes; break;
      case What::total_bytes:
        if (!whole) have = &bytes, target = &row.bytes;
        break;
      default: break;
    }
    if (have == nullptr || *have) continue;
    *have = true;
    std::int64_t value = 0;
    if (!numbers_.read(fields[i], column, value, why)) return false;
    *target = value;
  }
  if (!bytes) return true;
  if (!diff && row.counted()) row.diff = *row.allocs - *row.frees;
  if (row.bytes != 0 || row.diff.value_or(0) != 0 || row.allocs.value_or(0) != 0) into.rows.push_back(row);
  return true;
}

Taken Table::take(const std::vector<std::string>& fields, Snapshot& into, std::string& why) {
  tagdb::PoolTag tag;
  bool found = false;
  Pool pool = default_pool_;
  for (std::size_t i = 0; i < fields.size() && i < columns_.size(); ++i) {
    if (columns_[i].cut) {
      why = "the window was too narrow for the table, and its columns are cut off: write CSV instead";
      return Taken::bad;
    }
    if (columns_[i].what == What::tag) {
      std::string text = fields[i];
      if (text.size() < 4) text.resize(4, ' ');
      found = tag_from_columns(text, tag);
    }
    if (columns_[i].what == What::type) {
      const std::string type = folded(fields[i]);
      if (type == "aifi") return Taken::noted;  // the analyzer's word for what was freed again
      if (const auto named = pool_in_words(fields[i])) pool = *named;
    }
  }
  if (!found) {
    why = "no tag of four characters in the column for it";
    return Taken::bad;
  }
  if (!pool_row(tag, std::nullopt, pool, fields, into, why)) return Taken::bad;
  for (const Pool one : {Pool::paged, Pool::nonpaged}) {
    if (!pool_row(tag, one, one, fields, into, why)) return Taken::bad;
  }
  for (std::size_t i = 0; i < fields.size() && i < columns_.size(); ++i) {
    if (columns_[i].what == What::owner && !fields[i].empty()) into.owners.emplace_back(tag, fields[i].substr(0, 200));
  }
  return Taken::row;
}

std::optional<Pool> pool_in_words(std::string_view line) {
  const std::string text = folded(line);
  bool paged = false, nonpaged = false;
  for (std::size_t at = text.find("paged"); at != std::string::npos; at = text.find("paged", at + 1))
    (at >= 3 && text.compare(at - 3, 3, "non") == 0 ? nonpaged : paged) = true;
  if (text.find("nonp") != std::string::npos) nonpaged = true;
  if (paged == nonpaged) return std::nullopt;
  return paged ? Pool::paged : Pool::nonpaged;
}

}  // namespace scanner::poolmon

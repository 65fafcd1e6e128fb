// Comma, semicolon or TAB separated: PowerShell's poolmon (one row per tag and moment), perfmon and typeperf (one row
// per moment, pool totals only), and tables of poolmon's columns that came out of a spreadsheet.
#include <cmath>
#include <cstdlib>
#include <vector>

#include "scanner/poolmon/format.hpp"
#include "scanner/poolmon/time_text.hpp"

namespace scanner::poolmon {
namespace {

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '_' && c != '.') out += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }
  return out;
}

char delimiter_of(std::string_view line) {
  std::size_t best = 0;
  char delimiter = ',';
  for (const char candidate : {',', ';', '\t', '|'}) {
    std::size_t count = 0;
    for (const char c : line) count += c == candidate ? 1 : 0;
    if (count > best) {
      best = count;
      delimiter = candidate;
    }
  }
  return delimiter;
}

void split(std::string_view line, char delimiter, std::vector<std::string>& fields) {
  std::size_t used = 0;
  const auto field = [&fields, &used]() -> std::string& {
    if (used == fields.size()) fields.emplace_back();
    fields[used].clear();
    return fields[used++];
  };
  for (std::size_t at = 0;;) {
    std::string& out = field();
    if (at < line.size() && line[at] == '"') {
      for (++at; at < line.size(); ++at) {
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
  fields.resize(used);
}

/// Numbers of spreadsheets and perfmon: "12345.000000", "1,234", blank for a missed sample.
bool number_of(const std::string& field, std::int64_t& value) {
  std::string plain;
  for (const char c : trimmed(field)) {
    if (c != ',' && c != '\'') plain += c;
  }
  if (plain.empty()) return false;
  char* end = nullptr;
  const double number = std::strtod(plain.c_str(), &end);
  constexpr double kMost = 9.0e18;
  if (end != plain.c_str() + plain.size() || !std::isfinite(number) || std::fabs(number) > kMost) return false;
  value = std::llround(number);
  return true;
}

class CsvReader final : public FormatReader {
 public:
  [[nodiscard]] bool begins(std::string_view line) const override {
    const auto holds = [line](std::string_view word) { return line.find(word) != std::string_view::npos; };
    if (!holds("Tag") && !holds("tag") && !holds("TAG") && !holds("emory\\")) return false;
    if (line.find_first_of(",;\t|") == std::string_view::npos) return false;
    const bool counters =
        line.find("\\Memory\\") != std::string_view::npos || line.find("\\memory\\") != std::string_view::npos;
    if (counters)
      return line.find("PDH-CSV") != std::string_view::npos || folded(line).find("\\memory\\pool") != std::string::npos;
    std::vector<std::string> fields;
    split(line, delimiter_of(line), fields);
    bool tag = false, used = false;
    for (const std::string& field : fields) {
      const std::string name = folded(trimmed(field));
      tag = tag || name == "tag";
      used = used || name == "bytes" || name == "used" || name == "usedbytes" || name == "pagedusedbytes" ||
             name == "nonpagedusedbytes";
    }
    return tag && used;
  }

  void start(std::string_view line, Snapshot&) override {
    delimiter_ = delimiter_of(line);
    columns_.clear();
    has_rows_ = false;
    utc_ = false;
    split(line, delimiter_, fields_);
    for (std::size_t i = 0; i < fields_.size(); ++i) columns_.push_back(column_of(fields_[i], i));
    for (const Column column : columns_) {
      has_rows_ = has_rows_ || column == Column::tag;
      utc_ = utc_ || column == Column::time_utc;
    }
  }

  Taken take(std::string_view line, Snapshot& into, std::string& why) override {
    if (line.find(delimiter_) == std::string_view::npos) return Taken::no;
    split(line, delimiter_, fields_);
    if (delimiter_ == '|' && trimmed(line).find_first_not_of("|-: ") == std::string_view::npos) return Taken::noted;
    if (fields_.size() != columns_.size()) {
      why = std::to_string(columns_.size()) + " fields belong here, " + std::to_string(fields_.size()) + " were found";
      return Taken::bad;
    }
    std::optional<LogTime> time;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (columns_[i] != (utc_ ? Column::time_utc : Column::time)) continue;
      if (fields_[i] == last_time_text_ && last_time_) {
        time = last_time_;
        break;
      }
      const TimeText text = find_time(fields_[i]);
      if (!text.day) {
        why = "no time in the column for it";
        return Taken::bad;
      }
      time = text.when();
      if (!has_rows_) time->other = time->seconds;  // perfmon's are always month/day/year
      last_time_text_ = fields_[i];
      last_time_ = time;
    }
    const bool another = into.time && time && into.time->seconds != time->seconds;
    if ((another || !has_rows_) && !into.empty()) return Taken::boundary;
    into.time = time;
    return has_rows_ ? rows(into, why) : counters(into, why);
  }

 private:
  enum class Column {
    none,
    time,
    time_utc,
    tag,
    type,
    allocs,
    frees,
    diff,
    bytes,
    paged_allocs,
    paged_frees,
    paged_diff,
    paged_bytes,
    nonpaged_allocs,
    nonpaged_frees,
    nonpaged_diff,
    nonpaged_bytes,
    owner,
    total_nonpaged,
    total_paged,
    available,
    available_kb,
    available_mb,
    commit,
    commit_limit
  };

  static Column column_of(std::string_view title, std::size_t index) {
    if (const auto counter = title.rfind('\\'); counter != std::string_view::npos) {
      const std::string name = folded(title.substr(counter + 1));
      if (name == "poolnonpagedbytes") return Column::total_nonpaged;
      if (name == "poolpagedbytes") return Column::total_paged;
      if (name == "availablebytes") return Column::available;
      if (name == "availablekbytes") return Column::available_kb;
      if (name == "availablembytes") return Column::available_mb;
      if (name == "committedbytes") return Column::commit;
      if (name == "commitlimit") return Column::commit_limit;
      return Column::none;
    }
    const std::string name = folded(trimmed(title));
    static const std::vector<std::pair<std::string_view, Column>> kNames = {
        {"datetime", Column::time},
        {"date", Column::time},
        {"time", Column::time},
        {"timestamp", Column::time},
        {"datetimeutc", Column::time_utc},
        {"tag", Column::tag},
        {"type", Column::type},
        {"pool", Column::type},
        {"allocs", Column::allocs},
        {"frees", Column::frees},
        {"diff", Column::diff},
        {"bytes", Column::bytes},
        {"used", Column::bytes},
        {"usedbytes", Column::bytes},
        {"pagedallocs", Column::paged_allocs},
        {"pagedfrees", Column::paged_frees},
        {"pageddiff", Column::paged_diff},
        {"pagedusedbytes", Column::paged_bytes},
        {"nonpagedallocs", Column::nonpaged_allocs},
        {"nonpagedfrees", Column::nonpaged_frees},
        {"nonpageddiff", Column::nonpaged_diff},
        {"nonpagedusedbytes", Column::nonpaged_bytes},
        {"binary", Column::owner},
        {"mappeddriver", Column::owner}};
    for (const auto& [known, column] : kNames) {
      if (name == known) return column;
    }
    // perfmon's first column is called "(PDH-CSV 4.0) (time zone)(minutes)", typeperf's much the same.
    return index == 0 && title.find("PDH-CSV") != std::string_view::npos ? Column::time : Column::none;
  }

  [[nodiscard]] bool has(Column column) const {
    for (const Column other : columns_) {
      if (other == column) return true;
    }
    return false;
  }

  bool figure(Column column, std::int64_t& value) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == column) return number_of(fields_[i], value);
    }
    return true;  // no such column: stays 0
  }

  bool take_row(tagdb::PoolTag tag, Pool pool, Column allocs, Column frees, Column diff, Column bytes,
                Snapshot& into) const {
    if (!has(bytes)) return true;
    Row row;
    row.tag = tag;
    row.pool = pool;
    row.counted = has(allocs) && has(frees);
    if (!figure(allocs, row.allocs) || !figure(frees, row.frees) || !figure(diff, row.diff) ||
        !figure(bytes, row.bytes))
      return false;
    if (!has(diff)) row.diff = row.allocs - row.frees;
    if (row.bytes != 0 || row.diff != 0 || row.allocs != 0) into.rows.push_back(row);
    return true;
  }

  Taken rows(Snapshot& into, std::string& why) {
    tagdb::PoolTag tag;
    bool found = false;
    Pool pool = Pool::nonpaged;
    bool typed = false;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (columns_[i] == Column::tag) {
        std::string text = fields_[i];
        if (delimiter_ == '|') text = std::string(trimmed(text));
        if (text.size() > 1 && text.front() == '`' && text.back() == '`') text = text.substr(1, text.size() - 2);
        if (text.size() < 4) text.resize(4, ' ');
        found = tag_from_columns(text, tag);
      }
      if (columns_[i] == Column::type) {
        const std::string type = folded(fields_[i]);
        typed = type.starts_with("nonp") || type.starts_with("paged");
        pool = type.starts_with("paged") ? Pool::paged : Pool::nonpaged;
      }
    }
    if (!found) {
      why = "no tag of four characters in the column for it";
      return Taken::bad;
    }
    if (typed && !take_row(tag, pool, Column::allocs, Column::frees, Column::diff, Column::bytes, into)) {
      why = "a number belongs where there is none";
      return Taken::bad;
    }
    if (!take_row(tag, Pool::paged, Column::paged_allocs, Column::paged_frees, Column::paged_diff, Column::paged_bytes,
                  into) ||
        !take_row(tag, Pool::nonpaged, Column::nonpaged_allocs, Column::nonpaged_frees, Column::nonpaged_diff,
                  Column::nonpaged_bytes, into)) {
      why = "a number belongs where there is none";
      return Taken::bad;
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (columns_[i] == Column::owner && !fields_[i].empty()) into.owners.emplace_back(tag, fields_[i].substr(0, 200));
    }
    return Taken::row;
  }

  Taken counters(Snapshot& into, std::string& why) {
    bool any = false;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      std::int64_t value = 0;
      if (columns_[i] <= Column::owner || !number_of(fields_[i], value) || value < 0) continue;
      any = true;
      const auto bytes = static_cast<std::uint64_t>(value);
      switch (columns_[i]) {
        case Column::total_nonpaged: into.totals.nonpaged = bytes; break;
        case Column::total_paged: into.totals.paged = bytes; break;
        case Column::available: into.totals.available = bytes; break;
        case Column::available_kb: into.totals.available = bytes << 10; break;
        case Column::available_mb: into.totals.available = bytes << 20; break;
        case Column::commit: into.totals.commit = bytes; break;
        case Column::commit_limit: into.totals.commit_limit = bytes; break;
        default: break;
      }
    }
    if (any) return Taken::row;
    into.time.reset();
    why = "no figure of the pools in this sample";
    return Taken::bad;
  }

  char delimiter_ = ',';
  std::vector<Column> columns_;
  std::vector<std::string> fields_;
  bool has_rows_ = false, utc_ = false;
  std::string last_time_text_;
  std::optional<LogTime> last_time_;
};

}  // namespace

std::unique_ptr<FormatReader> make_csv_reader() { return std::make_unique<CsvReader>(); }

}  // namespace scanner::poolmon

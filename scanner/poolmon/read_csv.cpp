// Comma, semicolon, TAB or | separated: PowerShell's poolmon (one row per tag and moment), perfmon and typeperf (one
// row per moment, pool totals only), and tables of tags that came out of a spreadsheet, an analyzer or a report.
#include <algorithm>
#include <vector>

#include "scanner/poolmon/columns.hpp"
#include "scanner/poolmon/time_text.hpp"

namespace scanner::poolmon {
namespace {

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

std::vector<Column> columns_of(const std::vector<std::string>& titles) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < titles.size(); ++i) columns.push_back(column_of(titles[i], i == 0));
  return columns;
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
    return is_table(columns_of(fields));
  }

  void start(std::string_view line, Snapshot&) override {
    delimiter_ = delimiter_of(line);
    split(line, delimiter_, fields_);
    table_.open(columns_of(fields_));
    const auto has = [this](What what) {
      return std::any_of(table_.columns().begin(), table_.columns().end(),
                         [what](const Column& column) { return column.what == what; });
    };
    has_rows_ = has(What::tag);
    utc_ = has(What::time_utc);
  }

  Taken take(std::string_view line, Snapshot& into, std::string& why) override {
    if (line.find(delimiter_) == std::string_view::npos) return Taken::no;
    split(line, delimiter_, fields_);
    const std::vector<Column>& columns = table_.columns();
    if (delimiter_ == '|' && trimmed(line).find_first_not_of("|-: ") == std::string_view::npos) return Taken::noted;
    if (fields_.size() != columns.size()) {
      why = std::to_string(columns.size()) + " fields belong here, " + std::to_string(fields_.size()) + " were found";
      return Taken::bad;
    }
    std::optional<LogTime> time;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (columns[i].what != (utc_ ? What::time_utc : What::time)) continue;
      if (fields_[i] == last_time_text_ && last_time_) {
        time = last_time_;
        break;
      }
      const TimeText text = find_time(fields_[i]);
      if (!text.any()) {
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
    if (time) into.time = time;
    if (!has_rows_) return counters(into, why);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (columns[i].what != What::tag) continue;
      std::string& text = fields_[i];
      if (delimiter_ == '|') text = std::string(trimmed(text));
      if (text.size() > 1 && text.front() == '`' && text.back() == '`') text = text.substr(1, text.size() - 2);
    }
    return table_.take(fields_, into, why);
  }

  void heading(Pool pool) override { table_.heading(pool); }
  [[nodiscard]] bool continues(const Snapshot& snapshot) const override { return table_.continues(snapshot); }

 private:
  Taken counters(Snapshot& into, std::string& why) {
    bool any = false;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const Column& column = table_.columns()[i];
      std::int64_t value = 0;
      std::string ignored;
      if (column.what < What::total_nonpaged || !numbers_.read(fields_[i], column, value, ignored) || value < 0)
        continue;  // blank for a missed sample
      any = true;
      const auto bytes = static_cast<std::uint64_t>(value);
      switch (column.what) {
        case What::total_nonpaged: into.totals.nonpaged = bytes; break;
        case What::total_paged: into.totals.paged = bytes; break;
        case What::available: into.totals.available = bytes; break;
        case What::commit: into.totals.commit = bytes; break;
        case What::commit_limit: into.totals.commit_limit = bytes; break;
        default: break;
      }
    }
    if (any) return Taken::row;
    into.time.reset();
    why = "no figure of the pools in this sample";
    return Taken::bad;
  }

  char delimiter_ = ',';
  Table table_;
  Numbers numbers_;
  std::vector<std::string> fields_;
  bool has_rows_ = false, utc_ = false;
  std::string last_time_text_;
  std::optional<LogTime> last_time_;
};

}  // namespace

std::unique_ptr<FormatReader> make_csv_reader() { return std::make_unique<CsvReader>(); }

}  // namespace scanner::poolmon

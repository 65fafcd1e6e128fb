// Tables whose columns are set with blanks: what PowerShell's Format-Table makes of a poolmon script's objects, and
// what people put between lines of a report. The tag is taken by its place below its title, because it may hold or be
// blanks; the other columns by their order, because numbers stand right and titles anywhere.
#include <algorithm>
#include <vector>

#include "scanner/poolmon/columns.hpp"
#include "scanner/poolmon/time_text.hpp"

namespace scanner::poolmon {
namespace {

struct Word {
  std::size_t at = 0;
  std::string_view text;
};

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  for (std::size_t at = line.find_first_not_of(" \t"); at != std::string_view::npos;
       at = line.find_first_not_of(" \t", at)) {
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back({at, line.substr(at, end - at)});
    at = end;
  }
  return words;
}

/// Titles of several words are only told apart by two blanks or more between columns.
std::vector<Word> titles_of(std::string_view line) {
  std::vector<Word> single = words_of(line), joined;
  for (const Word& word : single) {
    const bool close = !joined.empty() && joined.back().at + joined.back().text.size() + 1 == word.at;
    if (close) {
      Word& last = joined.back();
      const Column alone = column_of(word.text, false), before = column_of(last.text, false);
      const std::string_view both = line.substr(last.at, word.at + word.text.size() - last.at);
      // "Per Alloc", "Current bytes", "NonPaged (KB)": one title, unless each half means something by itself.
      if (before.what == What::none || alone.what == What::none) {
        const Column together = column_of(both, false);
        if (together.what != What::none || (before.what == What::none && alone.what == What::none)) {
          last.text = both;
          continue;
        }
      }
    }
    joined.push_back(word);
  }
  return joined;
}

class TableReader final : public FormatReader {
 public:
  [[nodiscard]] bool begins(std::string_view line) const override {
    if (line.size() > kLongest || line.find_first_of(",;\"|") != std::string_view::npos) return false;
    if (line.find("Tag") == std::string_view::npos && line.find("tag") == std::string_view::npos &&
        line.find("TAG") == std::string_view::npos)
      return false;
    std::vector<Column> columns;
    for (const Word& word : titles_of(line)) columns.push_back(column_of(word.text, false));
    if (!is_table(columns)) return false;
    // A sentence that mentions tags and their bytes is no title: every word of a title stands for itself.
    const auto known = std::count_if(columns.begin(), columns.end(),
                                     [](const Column& column) { return column.what != What::none || column.cut; });
    return static_cast<std::size_t>(known) * 2 >= columns.size();
  }

  void start(std::string_view line, Snapshot&) override {
    std::vector<Column> columns;
    tag_index_ = 0;
    for (const Word& word : titles_of(line)) {
      columns.push_back(column_of(word.text, false));
      if (columns.back().what != What::tag) continue;
      tag_index_ = columns.size() - 1;
      tag_at_ = word.at;
    }
    table_.open(std::move(columns));
  }

  Taken take(std::string_view line, Snapshot& into, std::string& why) override {
    if (line.find_first_not_of(" -=\t") == std::string_view::npos) return Taken::noted;
    if (line.size() > kLongest || !fields_of(line)) return Taken::no;
    std::optional<LogTime> time;
    for (const What what : {What::time, What::time_utc}) {
      for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (table_.columns()[i].what != what) continue;
        const TimeText text = find_time(fields_[i]);
        if (text.any()) time = text.when();
      }
    }
    if (into.time && time && into.time->seconds != time->seconds && !into.empty()) return Taken::boundary;
    const Taken taken = table_.take(fields_, into, why);
    if (taken == Taken::row && time) into.time = time;
    return taken;
  }

  void heading(Pool pool) override { table_.heading(pool); }
  [[nodiscard]] bool continues(const Snapshot& snapshot) const override { return table_.continues(snapshot); }

 private:
  static constexpr std::size_t kLongest = 4096;

  /// One text a column. False for lines that are no row: too few words, or no number where one belongs.
  bool fields_of(std::string_view line) {
    const std::vector<Column>& columns = table_.columns();
    fields_.assign(columns.size(), {});
    std::vector<Word> before, behind;
    const bool placed = line.size() > tag_at_ && (tag_at_ == 0 || line[tag_at_ - 1] == ' ') &&
                        (line.size() <= tag_at_ + 4 || line[tag_at_ + 4] == ' ') &&
                        !trimmed(line.substr(tag_at_, 4)).empty() &&
                        words_of(line.substr(0, tag_at_)).size() == tag_index_;
    if (placed) {
      before = words_of(line.substr(0, tag_at_));
      fields_[tag_index_] = line.substr(tag_at_, 4);
      if (line.size() > tag_at_ + 4) behind = words_of(line.substr(tag_at_ + 4));
    } else {
      std::vector<Word> words = words_of(line);
      if (words.size() <= tag_index_ || words[tag_index_].text.size() > 4) return false;
      fields_[tag_index_] = words[tag_index_].text;
      before.assign(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(tag_index_));
      behind.assign(words.begin() + static_cast<std::ptrdiff_t>(tag_index_) + 1, words.end());
    }
    for (std::size_t i = 0; i < tag_index_; ++i) fields_[i] = before[i].text;
    std::size_t next = 0, figures = 0;
    for (std::size_t i = tag_index_ + 1; i < columns.size(); ++i) {
      if (next >= behind.size()) break;
      const What what = columns[i].what;
      std::string& field = fields_[i];
      field = behind[next++].text;
      if (what < What::allocs || what > What::total_bytes) continue;
      if (std::none_of(field.begin(), field.end(), [](char c) { return c >= '0' && c <= '9'; })) return columns[i].cut;
      ++figures;
      if (next < behind.size() && Numbers::unit_of(behind[next].text)) field += " " + std::string(behind[next++].text);
    }
    const auto wanted = std::count_if(columns.begin(), columns.end(), [](const Column& column) {
      return column.what >= What::allocs && column.what <= What::total_bytes;
    });
    const auto early = std::count_if(
        columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(tag_index_),
        [](const Column& column) { return column.what >= What::allocs && column.what <= What::total_bytes; });
    return figures + static_cast<std::size_t>(early) == static_cast<std::size_t>(wanted);
  }

  Table table_;
  std::size_t tag_index_ = 0, tag_at_ = 0;
  std::vector<std::string> fields_;
};

}  // namespace

std::unique_ptr<FormatReader> make_table_reader() { return std::make_unique<TableReader>(); }

}  // namespace scanner::poolmon

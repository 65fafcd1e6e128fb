// WinDbg's !poolused: per tag the blocks and bytes in use now, nonpaged and then paged, with frees and differences when
// asked for more (flag 1). Older debuggers write the description right behind the last number, newer ones a TAB first.
#include <array>

#include "scanner/poolmon/format.hpp"

namespace scanner::poolmon {
namespace {

class PoolusedReader final : public FormatReader {
 public:
  [[nodiscard]] bool begins(std::string_view line) const override {
    const auto tag = line.find("Tag");
    if (tag == std::string_view::npos || line.find_first_of(",;\"") != std::string_view::npos) return false;
    const auto allocs = line.find(" Allocs", tag), used = line.find(" Used", tag);
    return allocs != std::string_view::npos && used != std::string_view::npos &&
           line.find("Type") == std::string_view::npos && line.find(" Used", used + 1) != std::string_view::npos;
  }

  void start(std::string_view line, Snapshot&) override {
    column_ = line.find("Tag");
    end_ = line.rfind("Used") + 4;
    numbers_ = line.find("Frees") != std::string_view::npos ? 8 : 4;
  }

  Taken take(std::string_view line, Snapshot& into, std::string& why) override {
    const std::string_view text = trimmed(line);
    std::array<std::int64_t, 8> numbers{};
    std::size_t behind = 0;
    if (text.starts_with("TOTAL")) {
      if (!read_numbers(line, line.find("TOTAL") + 5, numbers, behind)) return Taken::noted;
      into.totals.nonpaged = static_cast<std::uint64_t>(numbers[numbers_ / 2 - 1]);
      into.totals.paged = static_cast<std::uint64_t>(numbers[numbers_ - 1]);
      return Taken::noted;
    }
    tagdb::PoolTag tag;
    if (!in_columns(line, tag, numbers, behind) && !in_words(line, tag, numbers, behind)) {
      const bool close =
          line.size() > column_ + 5 && line.find_first_of("0123456789", column_ + 4) != std::string_view::npos &&
          line.substr(0, column_).find_first_not_of(' ') == std::string_view::npos && line[column_ + 4] == ' ';
      if (!close) return Taken::no;
      why = "a tag and " + std::to_string(numbers_) + " numbers belong here";
      return Taken::bad;
    }
    add(tag, Pool::nonpaged, numbers.data(), into);
    add(tag, Pool::paged, numbers.data() + numbers_ / 2, into);
    note_owner(tag, line.substr(behind), into);
    return Taken::row;
  }

 private:
  bool in_columns(std::string_view line, tagdb::PoolTag& tag, std::array<std::int64_t, 8>& numbers,
                  std::size_t& behind) const {
    if (line.size() < column_ + 6 || line[column_ + 4] != ' ') return false;
    if (trimmed(line.substr(0, column_)) != "") return false;
    return tag_from_columns(line.substr(column_, 4), tag) && read_numbers(line, column_ + 4, numbers, behind);
  }

  /// Blanks were collapsed on the way: the first word is the tag.
  bool in_words(std::string_view line, tagdb::PoolTag& tag, std::array<std::int64_t, 8>& numbers,
                std::size_t& behind) const {
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) return false;
    const auto end = line.find(' ', start);
    if (end == std::string_view::npos || end - start > 4) return false;
    std::string columns(line.substr(start, end - start));
    columns.resize(4, ' ');
    return tag_from_columns(columns, tag) && read_numbers(line, end, numbers, behind);
  }

  bool read_numbers(std::string_view line, std::size_t at, std::array<std::int64_t, 8>& numbers,
                    std::size_t& behind) const {
    for (std::size_t i = 0; i < numbers_; ++i) {
      while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
      const std::size_t start = at;
      // A description may begin with a digit and stand right behind the last column.
      const bool last = i + 1 == numbers_;
      const std::string_view field = last && start < end_ && line.size() > end_ ? line.substr(0, end_) : line;
      if (!read_integer(field, at, numbers[i]) || numbers[i] < 0) return false;
      if (!last && at < line.size() && line[at] != ' ' && line[at] != '\t') return false;
    }
    behind = at;
    return true;
  }

  void add(tagdb::PoolTag tag, Pool pool, const std::int64_t* numbers, Snapshot& into) const {
    Row row;
    row.tag = tag;
    row.pool = pool;
    if (numbers_ == 8) {
      row.allocs = numbers[0];
      row.frees = numbers[1];
      row.diff = numbers[2];
      row.bytes = numbers[3];
    } else {
      row.diff = numbers[0];
      row.bytes = numbers[1];
    }
    if (row.diff != 0 || row.bytes != 0 || row.allocs.value_or(0) != 0) into.rows.push_back(row);
  }

  static void note_owner(tagdb::PoolTag tag, std::string_view text, Snapshot& into) {
    const auto at = text.find("Binary:");
    if (at == std::string_view::npos) return;
    const std::string_view owner = trimmed(text.substr(at + 7));
    if (!owner.empty()) into.owners.emplace_back(tag, std::string(owner.substr(0, 200)));
  }

  std::size_t column_ = 1, end_ = 0, numbers_ = 4;
};

}  // namespace

std::unique_ptr<FormatReader> make_poolused_reader() { return std::make_unique<PoolusedReader>(); }

}  // namespace scanner::poolmon

// Tables of text: cells between commas, semicolons, tabs or pipes, or set with blanks. A heading can often be taken
// apart in several ways ("Tag NonPaged Paged Diff"); the rows below it decide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/poolmon/figures.hpp"

namespace scanner::poolmon {

struct Cell {
  std::size_t at = 0;
  std::string_view text;
  [[nodiscard]] std::size_t end() const { return at + text.size(); }
};

/// What stands between blanks; quotes hold a tag with blanks together.
std::vector<Cell> words_between_blanks(std::string_view line);
/// Cells of a delimited line, quotes removed. `cells` are reused.
void split(std::string_view line, char delimiter, std::vector<std::string>& cells);
/// Of , ; TAB and |, the one that stands most often; 0: none.
char delimiter_of(std::string_view line);

/// Where a title stands in its line.
struct Span {
  std::size_t at = 0, end = 0;
};

/// One way to take a heading apart.
struct Layout {
  char delimiter = 0;           ///< 0: set with blanks
  std::vector<Span> titles;     ///< of tables that are set with blanks
  std::size_t tag = 0;          ///< index of the tag's column
  bool ends_in_figure = false;  ///< what is behind the last number is a description
  Figures figures;
};

class Table {
 public:
  /// False when the line is no heading. `pool` and `groups`: see Figures.
  bool open(std::string_view line, std::optional<Pool> pool, const std::vector<Pool>& groups);
  void close() { layouts_.clear(); }
  [[nodiscard]] bool is_open() const { return !layouts_.empty(); }
  /// poolmon's own columns in its own order, in bytes: its rows are read without this table.
  [[nodiscard]] bool own() const { return own_; }
  [[nodiscard]] bool counters() const { return is_open() && layouts_.front().figures.counters(); }
  [[nodiscard]] std::string refusal() const { return is_open() ? layouts_.front().figures.refusal() : ""; }
  [[nodiscard]] std::size_t tag_column() const { return tag_column_; }
  /// Rows were read between delimiters.
  [[nodiscard]] bool surely_delimited() const { return sure_ && is_open() && layouts_.front().delimiter != 0; }

  Taken take(std::string_view line, Parsed& out, std::string& why);
  std::vector<std::string> take_notes();
  /// A line between the rows names another pool; of use where the columns name none.
  void set_pool(Pool pool);

 private:
  Taken take(Layout& layout, std::string_view line, Parsed& out, std::string& why);
  Taken take_delimited(Layout& layout, std::string_view line, Parsed& out, std::string& why);
  Taken take_blanks(Layout& layout, std::string_view line, Parsed& out, std::string& why);
  bool in_order(const Layout& layout, std::string_view line);
  bool behind_tag(const Layout& layout, std::string_view line, const std::vector<Cell>& words, std::size_t first);
  bool by_place(const Layout& layout, std::string_view line);
  bool find_tag(const Layout& layout, std::string_view line, std::vector<Cell>& before, std::vector<Cell>& behind);
  Taken take_total(const Layout& layout, std::string_view line, Parsed& out);

  std::vector<Layout> layouts_;
  bool own_ = false, sure_ = false;  ///< sure: a row was read, the other layouts are gone
  std::size_t tag_column_ = 1;
  std::vector<std::string> split_;
  std::vector<std::string> scratch_;  ///< texts that stand in no line as they are
  std::vector<std::string_view> cells_;
  std::string_view rest_;  ///< behind the last column
};

}  // namespace scanner::poolmon

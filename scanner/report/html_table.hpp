// Tables of the page. A row is a record with its cells and what unfolds below it. Up to kMostPlainRows rows are written
// as plain HTML, which needs no script. More are written once, as JSON in a <script> element that the browser does not
// run, and the page's own script builds only the rows in view: a page of 3,800 drivers would have a million nodes.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scanner::report::html {

inline constexpr std::size_t kMostPlainRows = 500;

enum class CellKind { text, path, tag, number, code, verdict, dim };

struct Column {
  const char* title;
  CellKind kind = CellKind::text;
  unsigned share = 0;  ///< per cent of the width; those of a table add up to 100
};

/// `text` is what a file or a log says, not markup.
struct Cell {
  std::string text;
  double value = 0;  ///< numbers and verdicts are sorted by it
};

/// One step of a call chain, and its instruction where --explain asked for it.
struct Step {
  std::string place;
  std::string listing;
};

/// Uses of one tag that differ in the place only.
struct UseGroup {
  std::string tag;  ///< empty where all are of one tag
  std::string words;
  std::string assumption;
  std::vector<std::vector<Step>> chains;  ///< empty: the use has no place in the image
  std::size_t uses = 0;                   ///< records that the group stands for
};

/// What unfolds below a row.
struct Details {
  std::string summary;
  std::vector<std::string> tags;  ///< shown in the summary
  std::string uses_title;
  std::vector<UseGroup> uses;
  std::vector<std::string> reasons;
  std::vector<std::pair<std::string, std::string>> identity;  ///< name, value
  std::vector<std::string> notes;
  std::vector<std::string> same_files;
};

struct Row {
  const char* record = "";  ///< type of the NDJSON record, for data-row
  std::vector<Cell> cells;  ///< fewer than columns: the last one spans the rest
  std::optional<Details> details;
};

class Table {
 public:
  /// `id` is unique in the page.
  Table(std::string id, std::vector<Column> columns) : id_(std::move(id)), columns_(std::move(columns)) {}

  void add(Row row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  void print(std::ostream& out) const;

 private:
  void print_tools(std::ostream& out) const;
  void print_head(std::ostream& out) const;
  void print_plain(std::ostream& out) const;
  void print_data(std::ostream& out) const;

  std::string id_;
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace scanner::report::html

// Columns to figures: what the cells of one row say about a tag, wherever the cells come from (a table set with blanks,
// CSV, objects of PowerShell or JSON).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/poolmon/columns.hpp"
#include "scanner/poolmon/numbers.hpp"
#include "scanner/poolmon/snapshot.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::poolmon {

enum class Taken : std::uint8_t {
  no,     ///< not a row of this table
  row,    ///< figures were read
  noted,  ///< belongs to the table, holds no row
  bad     ///< looks like a row and is none; `why` says what is wrong
};

struct TableRow {
  Row row;
  std::uint64_t other = 0;  ///< hash of the cells that tell rows of one tag apart: driver, description
  bool block = false;       ///< one block, not a tag's sum
};

/// What one line says.
struct Parsed {
  std::vector<TableRow> rows;
  std::optional<LogTime> time;
  Totals totals;
  std::string owner;
  std::string host;

  void clear() {
    rows.clear();
    time.reset();
    totals = {};
    owner.clear();
    host.clear();
  }
};

class Figures {
 public:
  Figures() = default;
  /// `pool`: of the heading above the table, for columns that name none. `groups`: pools of repeated groups of columns.
  Figures(std::vector<Column> columns, std::optional<Pool> pool, const std::vector<Pool>& groups);

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// Why no row of this table can be read; empty when rows can.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  [[nodiscard]] bool has(What what) const;
  /// Of columns that name no pool, from here on.
  void set_pool(Pool pool) {
    if (pool_) pool_ = pool;
  }
  /// Whole pools per moment, no tags.
  [[nodiscard]] bool counters() const { return counters_; }
  /// `cells` has one text a column. Figures that were read before something bad stay in `out`.
  Taken take(const std::vector<std::string_view>& cells, Parsed& out, std::string& why);
  /// Sentences about columns whose numbers are not used, since the last call.
  std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }

 private:
  struct Subject;
  /// False for a line of totals, which holds no row.
  bool read_subject(const std::vector<std::string_view>& cells, Parsed& out, Subject& subject) const;
  void name_groups(const std::vector<Pool>& groups);
  void find_refusal();
  Taken take_counters(const std::vector<std::string_view>& cells, Parsed& out, std::string& why);
  bool take_time(const std::vector<std::string_view>& cells, Parsed& out, std::string& why);
  void name_unknown(const std::vector<std::string_view>& cells);
  bool pool_row(std::optional<Pool> of, Row row, bool loose, const std::vector<std::string_view>& cells, Parsed& out,
                std::uint64_t other, std::string& why);

  std::vector<Column> columns_;
  Numbers numbers_;
  std::optional<Pool> pool_;
  std::vector<std::optional<Pool>> pools_;  ///< of the columns, in order
  bool counters_ = false, blocks_ = false;
  std::string refusal_;
  std::vector<std::string> notes_;
  std::set<std::size_t> named_;
  std::string last_time_text_;
  std::optional<LogTime> last_time_;
};

/// A tag from the four columns that a tool prints. Tools print NULs as nothing, right-justified. False for characters
/// that cannot be a tag's bytes.
bool tag_from_columns(std::string_view columns, tagdb::PoolTag& tag);
/// A tag from a cell: in quotes of any kind, shorter than four, or as the number that a debugger shows.
bool tag_from_cell(std::string_view cell, tagdb::PoolTag& tag);
/// "Total", "Summe": no tag.
bool is_total(std::string_view word);

}  // namespace scanner::poolmon

// What the columns of a table mean, whoever made it: poolmon's words, PowerShell's property names, the titles that
// people write over tables in reports ("NP_MB", "Current bytes"), with units in the title or behind the number, and
// numbers grouped as any locale does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/poolmon/format.hpp"

namespace scanner::poolmon {

enum class What : std::uint8_t {
  none,
  time,
  time_utc,
  tag,
  type,
  allocs,
  frees,
  diff,
  bytes,
  total_bytes,  ///< of both pools together
  owner,
  total_nonpaged,
  total_paged,
  available,
  commit,
  commit_limit
};

struct Column {
  What what = What::none;
  std::optional<Pool> pool;          ///< "NonPagedAllocs": of this pool only
  std::optional<std::int64_t> unit;  ///< bytes that 1 stands for, where the title says so
  bool cut = false;                  ///< "PagedAl…": the window was too narrow
};

Column column_of(std::string_view title, bool first);
/// A tag, and bytes of a pool.
bool is_table(const std::vector<Column>& columns);

/// Reads the numbers of one table. What is written 1.234 can be read in two ways where fractions are possible; other
/// numbers of the table tell which.
class Numbers {
 public:
  /// False with the reason in `why`. Blank or absent: 0 is no number.
  bool read(std::string_view field, const Column& column, std::int64_t& value, std::string& why);
  /// "KB", "MiB", …: bytes; nothing when it is no unit.
  static std::optional<std::int64_t> unit_of(std::string_view word);

 private:
  char decimal_ = 0;  ///< '.' or ',', once it is known
};

/// One table: turns the fields of a line into rows of a snapshot.
class Table {
 public:
  void open(std::vector<Column> columns);
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// The heading above the table names the pool.
  void heading(Pool pool) { heading_ = pool; }
  /// Is the next table the same moment's table of the other pool?
  [[nodiscard]] bool continues(const Snapshot& snapshot) const;
  /// `fields` has one text a column. The tag's field is four characters, or what is left of them.
  Taken take(const std::vector<std::string>& fields, Snapshot& into, std::string& why);

 private:
  bool pool_row(tagdb::PoolTag tag, std::optional<Pool> of, Pool pool, const std::vector<std::string>& fields,
                Snapshot& into, std::string& why);

  std::vector<Column> columns_;
  Numbers numbers_;
  std::optional<Pool> heading_;
  Pool default_pool_ = Pool::unknown;
};

/// The pool that a line of prose names, if it names exactly one.
std::optional<Pool> pool_in_words(std::string_view line);
/// Lower case, without blanks and punctuation.
std::string folded(std::string_view text);

}  // namespace scanner::poolmon

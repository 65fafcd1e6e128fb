// One reader per family of logs. Each recognises its own sections, so that a file may hold several kinds, appended or
// pasted one after the other.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

enum class Taken {
  no,        ///< not a line of this format
  row,       ///< figures were added to the snapshot
  noted,     ///< belongs to the format, holds no row
  boundary,  ///< belongs to the next snapshot: ask again with an empty one
  bad        ///< looks like a row and is none; `why` says what is wrong
};

class FormatReader {
 public:
  virtual ~FormatReader() = default;
  /// Does a section of this format begin with this line?
  [[nodiscard]] virtual bool begins(std::string_view line) const = 0;
  /// Takes the line for which begins() was true.
  virtual void start(std::string_view line, Snapshot& into) = 0;
  virtual Taken take(std::string_view line, Snapshot& into, std::string& why) = 0;
  /// A line of prose between tables names a pool.
  virtual void heading(Pool) {}
  /// Does the section that begins now belong to the same moment as what the snapshot holds?
  [[nodiscard]] virtual bool continues(const Snapshot&) const { return false; }
};

std::unique_ptr<FormatReader> make_screen_reader();    ///< poolmon: snapshot files and pasted screens
std::unique_ptr<FormatReader> make_poolused_reader();  ///< WinDbg's !poolused
std::unique_ptr<FormatReader> make_csv_reader();       ///< CSV of PowerShell's poolmon, of perfmon, of spreadsheets
std::unique_ptr<FormatReader> make_table_reader();     ///< columns set with blanks: Format-Table, tables in reports

// --- small helpers of the readers
std::string_view trimmed(std::string_view text);
/// Reads an integer with optional sign at `at` and moves behind it; false when there is none or it does not fit.
bool read_integer(std::string_view text, std::size_t& at, std::int64_t& value);
/// A tag from the four columns that a tool prints. Tools print NULs as nothing, right-justified. False for characters
/// that cannot be a tag's bytes.
bool tag_from_columns(std::string_view columns, tagdb::PoolTag& tag);

}  // namespace scanner::poolmon

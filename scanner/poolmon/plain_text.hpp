// Lines as people paste them to lines as tools print them: every kind of blank, full-width forms, HTML, marks of
// quoting, what search tools and loggers put before a line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

/// Turns lines of a file into lines to read. State: HTML tables go over several lines.
class PlainText {
 public:
  /// Plain ASCII without markup needs nothing; by far the most lines.
  [[nodiscard]] static bool needs_nothing(std::string_view line);
  /// The lines that `line` makes, none while a row of an HTML table is open. Cells of such a row are between TABs.
  /// Valid until the next call.
  const std::vector<std::string>& take(std::string_view line);
  /// An HTML row is open: lines without markup belong to it.
  [[nodiscard]] bool in_row() const { return in_row_; }

 private:
  void markup(std::string_view tag);
  void end_line();

  std::vector<std::string> lines_;
  std::string text_;
  bool in_row_ = false, cell_open_ = false, first_cell_ = true;
};

/// A prefix that does not belong to the text: "> ", "- ", "poolmon.txt:12:", "  7: ", "2026-07-14 10:00:00 INFO x: ".
/// Returns what is behind it, all of the line when there is none; `time` gets the time that the prefix tells.
std::string_view without_prefix(std::string_view line, std::optional<LogTime>& time);

/// Lines that carry nothing: fences, dots, "[snip]", prompts of shells and debuggers with their commands.
bool is_noise(std::string_view line);

}  // namespace scanner::poolmon

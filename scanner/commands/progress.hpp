// The line that tells how far a run is. It lies on standard error and is erased before anything else is written to the
// same terminal, results on standard output too, so that nothing of it is ever left among them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace scanner {

/// What is known about a scan under way.
struct ScanProgress {
  std::uint64_t files = 0, bytes = 0;                    ///< done
  std::uint64_t expected_files = 0, expected_bytes = 0;  ///< 0: not counted yet
  std::uint64_t read = 0;                                ///< bytes, in all passes
  double seconds = 0;                                    ///< since the start
  std::string_view path;                                 ///< what was done last
};

/// A bar with percent, counts, rate, time and the file's name, never wider than `columns`: what matters least is left
/// out first. The time that is left is told after two seconds or two percent, when it begins to mean something.
std::string progress_text(const ScanProgress& progress, std::size_t columns);

class ProgressLine {
 public:
  struct Terminal {
    bool shown = false;         ///< standard error is a terminal, and the user wants to see it
    bool with_results = false;  ///< standard output is that terminal, too
    bool escapes = true;        ///< it knows ESC [ K
    std::function<unsigned()> columns;
  };

  /// `out` is where results go.
  ProgressLine(std::ostream& out, std::ostream& err, Terminal terminal);

  [[nodiscard]] bool shown() const { return terminal_.shown; }
  /// Draws at most ten times a second, and not while results run over the same terminal anyway.
  void draw(const std::function<std::string(std::size_t)>& text_for_columns);
  /// Before anything is written to standard error.
  void erase();
  /// The stream for results: `out` itself, or one that erases the line before it writes.
  std::ostream& results() { return filtered_ ? *filtered_ : out_; }

 private:
  class Filter;

  std::ostream& out_;
  std::ostream& err_;
  Terminal terminal_;
  std::unique_ptr<std::streambuf> filter_;
  std::unique_ptr<std::ostream> filtered_;
  std::chrono::steady_clock::time_point drawn_{}, printed_{};
  std::size_t width_ = 0;  ///< of what stands there now; 0: nothing
};

}  // namespace scanner

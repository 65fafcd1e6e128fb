// What a run tells: results and problems go to the reporter, messages for people to standard error, and all of it
// together makes the summary and the exit code.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "scanner/cli/options.hpp"
#include "scanner/commands/progress.hpp"
#include "scanner/platform/stop.hpp"
#include "scanner/report/model.hpp"

namespace scanner {

inline constexpr int kExitFound = 0, kExitNothing = 1, kExitUsage = 2, kExitIncomplete = 3, kExitInterrupted = 130;

/// Where a run writes.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  bool out_takes_color = false;  ///< `out` is a terminal that shows colours
  bool err_is_terminal = false;
};

class Diagnostics {
 public:
  Diagnostics(const Options& options, const Streams& streams, StopFlag& stop);

  /// Before anything else is told. Results were shown nowhere until then.
  void report_to(std::unique_ptr<report::Reporter> reporter) { reporter_ = std::move(reporter); }
  [[nodiscard]] report::Reporter& reporter() { return *reporter_; }
  /// Where results go; the progress line is erased before they do.
  [[nodiscard]] std::ostream& results() { return results_; }
  /// The same for what draws a whole screen by itself.
  [[nodiscard]] std::ostream& plain_results() { return streams_.out; }
  [[nodiscard]] bool results_take_color() const { return streams_.out_takes_color; }
  /// Why the run ends before its end, if it does.
  [[nodiscard]] StopFlag& stop() { return stop_; }
  [[nodiscard]] report::Summary& summary() { return summary_; }
  [[nodiscard]] double seconds_since_start() const;

  /// An error about a path: standard error, a record, a count. `named`: the user named the path; the exit code is 2.
  void problem(const report::Problem& problem, bool named = false);
  /// An error without a line on standard error, where one line says it of all such files together.
  void record(const report::Problem& problem);
  /// An error that ends the run: standard error only.
  void failure(const std::string& path, const std::string& message);
  /// A line for people, even with --quiet; no part of a report.
  void message(const std::string& text);
  /// For people, and part of the report.
  void note(const std::string& text);
  /// A note about what the user named, which --quiet does not silence.
  void complain(const std::string& text);
  /// A note about this scan, not about what it found: no part of a report, which a catalogue answers alike.
  void remark(const std::string& text);
  /// A line of text on the terminal, while something is done that is no scan.
  void progress(const std::string& text);
  void progress(const std::function<std::string(std::size_t)>& text_for_columns) { progress_.draw(text_for_columns); }
  [[nodiscard]] bool progress_shown() const { return progress_.shown(); }

  /// --catalog: a file that could not be parsed when it was surveyed. They are told together, at the end.
  void unparsed(const std::string& path);
  /// A file that the user named is no driver.
  void named_no_driver() { named_no_driver_ = true; }
  /// An image could not be read or parsed.
  [[nodiscard]] bool incomplete() const { return incomplete_; }
  /// Every path that was named failed: there is nothing more to say.
  [[nodiscard]] bool nothing_to_search() const;
  /// Nothing was there to search: says so, instead of a finding about nothing. False when there were drivers.
  bool note_no_driver();

  /// Emits the summary and returns `code`, or the code of something worse that happened.
  int finish(int code);

 private:
  void note_unparsed();

  const Options& options_;
  Streams streams_;
  StopFlag& stop_;
  ProgressLine progress_;
  std::ostream& results_;
  std::function<unsigned()> err_columns_;  ///< of the window behind standard error; empty when there is none
  std::unique_ptr<report::Reporter> reporter_ = std::make_unique<report::Reporter>();
  report::Summary summary_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool incomplete_ = false;
  bool named_no_driver_ = false;
  std::size_t named_failures_ = 0;     ///< errors about paths that the user named
  std::vector<std::string> unparsed_;  ///< with --explain
};

}  // namespace scanner

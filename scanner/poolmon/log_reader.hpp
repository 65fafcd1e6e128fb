// A log file as a source of snapshots: decodes, recognises sections, hands lines to the reader of their format, and
// keeps account of what could not be read.
#pragma once

#include <istream>
#include <memory>
#include <unordered_set>
#include <vector>

#include "scanner/poolmon/format.hpp"
#include "scanner/poolmon/lines.hpp"
#include "scanner/poolmon/time_text.hpp"

namespace scanner::poolmon {

class LogReader final : public SnapshotSource {
 public:
  explicit LogReader(std::istream& in);

  bool next(Snapshot& out) override;
  std::vector<LineProblem> take_problems() override;
  /// The time of the first snapshot, found without reading more than its first row. The reader is spent then.
  std::optional<LogTime> first_time();
  [[nodiscard]] std::size_t lines() const { return lines_.number(); }

 private:
  bool read_until(Snapshot& out, bool first_row_only);
  /// Hands one line on. False when it belongs to the next snapshot.
  bool take(std::string_view line, Snapshot& out);
  bool take_time(std::string_view line, Snapshot& out);
  void begin(Snapshot& out);
  void problem(std::string message);
  bool repeated(const Row& row);

  LineReader lines_;
  std::vector<std::unique_ptr<FormatReader>> formats_;
  FormatReader* current_ = nullptr;
  std::string held_;  ///< a line that belongs to the next snapshot
  bool has_held_ = false, in_table_ = false, header_seen_ = false, ended_ = false;
  TimeText pending_;
  std::vector<LineProblem> problems_;
  std::size_t unreadable_ = 0;
  std::unordered_set<std::uint64_t> seen_;  ///< tag and pool of the rows so far, only kept where headers are missing
};

}  // namespace scanner::poolmon

// A log file as a source of snapshots: bytes to lines, lines to cells, cells to figures, rows to snapshots; and account
// of what could not be read.
#pragma once

#include <deque>
#include <istream>
#include <string>
#include <vector>

#include "scanner/poolmon/collect.hpp"
#include "scanner/poolmon/event_text.hpp"
#include "scanner/poolmon/line_reader.hpp"
#include "scanner/poolmon/objects.hpp"
#include "scanner/poolmon/plain_text.hpp"
#include "scanner/poolmon/table.hpp"
#include "scanner/poolmon/time_text.hpp"

namespace scanner::poolmon {

class LogReader final : public SnapshotSource {
 public:
  explicit LogReader(std::istream& in) : lines_(in) {}

  bool next(Snapshot& out) override;
  std::vector<LineProblem> take_problems() override;
  std::vector<LineProblem> take_notes() override;
  [[nodiscard]] std::string nothing() const override;
  /// The time of the first snapshot, found without reading more than its first row. The reader is spent then.
  std::optional<LogTime> first_time();
  [[nodiscard]] std::size_t lines() const { return lines_.number(); }

 private:
  void read_raw(std::string_view line);
  void read(std::string_view line);
  void finish();

  // Each looks whether the line is of its kind, and takes it.
  bool take_heading(std::string_view line);
  bool take_machine_line(std::string_view line);
  bool take_counter(std::string_view line);
  bool take_counter_value(std::string_view line);
  bool take_row(std::string_view line, bool last_try);
  Taken take_table_row(std::string_view line, std::string& why);
  void refuse(std::string why);
  bool take_json(std::string_view line);
  bool take_list(std::string_view line);
  bool take_inline(std::string_view line);
  bool take_time(std::string_view line);
  void take_pool_words(std::string_view line);
  void take_headless(std::string_view line);

  void take_object(const Object& object);
  void add(const Parsed& parsed);
  void add_own(const Row& row, std::string_view behind, std::uint64_t other);
  void problem(std::string message);
  void note(std::string message);

  LineReader lines_;
  PlainText plain_;
  Table table_;
  ListReader list_;
  JsonReader json_;
  ObjectTable objects_;
  EventText events_;
  std::deque<Snapshot> of_events_;  ///< come last: exports hold the newest event first
  Collector collector_;
  Parsed parsed_;

  Session session_;
  std::optional<Pool> heading_;
  std::vector<Pool> groups_;
  Column counter_;  ///< whose value stands on the next line
  TimeText pending_;
  bool prefixed_ = false, own_rows_ = true, in_rows_ = false, replaying_ = false, ended_ = false;
  std::string host_;  ///< whose rows are read
  bool hosts_named_ = false;
  bool only_events_ = false;  ///< that hold no figures
  std::string refused_;       ///< the last table's reason, said once
  std::size_t headless_ = 0, headless_line_ = 0, snapshots_ = 0;
  std::string headless_why_;

  std::vector<LineProblem> problems_, notes_;
  std::size_t unreadable_ = 0;
};

}  // namespace scanner::poolmon

// Rows to snapshots: which rows belong to one moment. Logs say it with headings, times and blank lines, and often with
// nothing but the fact that a tag comes again.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/poolmon/figures.hpp"
#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

class Collector {
 public:
  enum class Section : std::uint8_t {
    none,
    blank,   ///< a blank line between rows of one table
    prose,   ///< a line between rows of one table: what stands there again unchanged is listed twice
    heading  ///< a heading or a screen begins: joins what there is only with other pools or sessions
  };
  /// What follows may be the beginning of another snapshot.
  void section(Section kind);
  /// What follows is of this time. Ends the snapshot, unless it is of the same time.
  void set_time(const LogTime& time);
  /// The row that follows says its own time.
  void set_row_time(const LogTime& time);
  /// When a line was written: a snapshot without a time of its own takes it.
  void written_at(const LogTime& time) { written_ = time; }
  /// False when there are more rows than a pool has tags.
  bool add(const TableRow& row, std::size_t line);
  /// `alone`: a sample of counters, a snapshot by itself.
  void add_totals(const Totals& totals, std::size_t line, bool alone);
  void add_owner(tagdb::PoolTag tag, std::string_view owner);
  /// Nothing more comes.
  void end();

  [[nodiscard]] bool ready() const { return !done_.empty(); }
  void take(Snapshot& out);
  [[nodiscard]] const Snapshot& building() const { return now_; }
  std::vector<LineProblem> take_notes() { return std::exchange(notes_, {}); }

 private:
  struct Slot {
    std::uint64_t key = 0, other = 0;
    std::uint32_t snapshot = 0, index = 0;
  };

  void finish();
  void begin(std::size_t line);
  void split(std::size_t line);
  Slot& slot_of(std::uint64_t key);
  void grow();
  void put(const TableRow& row, Slot& slot);
  void repeated(const TableRow& row, Slot& slot, std::size_t line);
  void sum(const TableRow& row, const Slot& slot, std::size_t line);
  [[nodiscard]] bool joins(const Row& row);

  Snapshot now_;
  std::deque<Snapshot> done_;
  std::vector<Snapshot> spare_;  ///< their memory is used again
  std::vector<Slot> slots_;
  std::uint32_t number_ = 1;          ///< of the snapshot, marks its slots
  std::size_t used_ = 0;              ///< slots of this snapshot
  std::vector<std::uint64_t> parts_;  ///< keys and other cells of rows that were added up

  Section kind_ = Section::none;
  std::size_t section_ = 0, section_line_ = 0;  ///< first row of the section
  std::vector<std::uint32_t> before_;           ///< pools and sessions of the rows before it
  std::uint32_t judged_ = ~0U;                  ///< the pool and session that were last found to join
  std::vector<TableRow> again_;                 ///< rows of this section that stood there before
  Totals section_totals_;                       ///< of a section without rows so far
  std::size_t totals_line_ = 0;

  std::optional<LogTime> next_time_, written_;
  bool summed_ = false, listed_ = false;
  std::vector<LineProblem> notes_;
};

}  // namespace scanner::poolmon

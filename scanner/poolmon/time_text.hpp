// Dates and times as `date`, `time`, Get-Date, perfmon, scripts and people write them, found in a line of text or in
// the name of a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

/// What one line says; a batch file's `date /t` and `time /t` take two lines.
struct TimeText {
  std::optional<std::int64_t> day;        ///< days since 1970, month before day where it is open
  std::optional<std::int64_t> other_day;  ///< with day and month exchanged, where that is a date
  std::optional<std::int64_t> second;     ///< of the day
  std::optional<int> zone;                ///< minutes east of UTC, where it is written
  std::optional<std::int64_t> elapsed;    ///< seconds since a start that is not told ("T+90m")
  std::size_t letters = 0;                ///< letters that belong to neither date nor time: how much it is prose

  [[nodiscard]] bool any() const { return day || second || elapsed; }
  [[nodiscard]] LogTime when() const;  ///< meaningful when any()
};

TimeText find_time(std::string_view text);
/// Seconds, where the whole line is a length of time; find_time() asks it, too.
std::optional<std::int64_t> elapsed_time(std::string_view text);

/// The date, or date and time, that a log's name holds ("poolmon_20260714.0800.log"); nothing where it holds none.
/// Numbers that count files ("poolmon12.txt") are no time.
std::optional<LogTime> time_in_name(std::string_view name);

/// "2026-11-24 10:05" in UTC terms: the log's own clock is kept as it is.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day);

}  // namespace scanner::poolmon

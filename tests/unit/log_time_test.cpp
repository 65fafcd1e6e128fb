// Times between snapshots and in the names of files, in the ways that people, scripts and loggers write them.
#include <doctest/doctest.h>

#include "log_reading.hpp"
#include "scanner/poolmon/time_text.hpp"

using namespace scanner::poolmon;
using namespace log_reading;

namespace {

constexpr std::int64_t kDay = 86400;
const std::int64_t kMorning = days_from_civil(2026, 3, 5) * kDay + 8 * 3600 + 30 * 60;  // 2026-03-05 08:30

/// Seconds between two snapshots that stand below these lines; -1 when a time is missing.
std::int64_t between(const std::string& first, const std::string& second) {
  const std::string table =
      "\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n Vx01  Nonp 2 1 1 10 10\n\n";
  const Read log = read(first + table + second + table);
  if (log.snapshots.size() != 2 || !log.snapshots[0].time || !log.snapshots[1].time) return -1;
  return log.snapshots[1].time->seconds - log.snapshots[0].time->seconds;
}

std::int64_t at(std::string_view text) {
  const TimeText found = find_time(text);
  return found.day && found.second ? found.when().seconds : -1;
}

}  // namespace

TEST_CASE("times: dates and times of day in many forms") {
  for (const char* text : {"5/3/2026 8:30:00 a.m.",
                           "05.03.2026 08:30",
                           "5. M\xC3\xA4rz 2026 8:30",
                           "5 mars 2026 08:30:00",
                           "jeudi 5 mars 2026 08h30",
                           "2026-03-05_08-30-00",
                           "20260305_083000",
                           "20260305T0830",
                           "2026-03-05 \xEC\x98\xA4\xEC\xA0\x84 8:30:00",
                           "2026\xE5\xB9\xB4"
                           "3\xE6\x9C\x88"
                           "5\xE6\x97\xA5 \xE4\xB8\x8A\xE5\x8D\x88"
                           "8:30",
                           "2026\xE5\xB9\xB4"
                           "3\xE6\x9C\x88"
                           "5\xE6\x97\xA5 8\xE6\x99\x82"
                           "30\xE5\x88\x86",
                           "5 de marzo de 2026 8:30",
                           "Thu Mar  5 08:30:00 2026",
                           "2026-03-05T08:30:00Z",
                           "2026-03-05T10:30:00+02:00",
                           "2026-03-05 03:30:00 -0500",
                           "1772699400",
                           "epoch 1772699400",
                           "1772699400123",
                           "202603050830"}) {
    const TimeText found = find_time(text);
    INFO(text);
    const bool either = at(text) == kMorning || (found.any() && found.when().other == kMorning);
    CHECK_MESSAGE(either, at(text));
  }
  CHECK(at("3/5/2026 8:30:00 p. m.") == kMorning + 12 * 3600);
  CHECK(at("2026-03-05 \xEC\x98\xA4\xED\x9B\x84 8:30") == kMorning + 12 * 3600);
  CHECK(at("2026-03-05 12:30 AM") == kMorning - 8 * 3600);
  CHECK(find_time("2026-03-05T08:30:00Z").when().zoned);
  CHECK_FALSE(find_time("2026-03-05 08:30").when().zoned);
}

TEST_CASE("times: numbers that are none") {
  for (const char* text : {"sum 1772699400 of 5", "1772699400 bytes", "99999999", "total=2026030599", "12345678901"})
    CHECK_MESSAGE(at(text) == -1, text);
}

TEST_CASE("times: since a start that is not told") {
  CHECK(between("T+0h", "T+1h") == 3600);
  CHECK(between("[0s]", "[1800s]") == 1800);
  CHECK(between("t = 5 min", "t = 95 min") == 5400);
  CHECK(between("--- after 2 hours ---", "--- after 26 hours ---") == 86400);
  CHECK(between("T+00:30:00", "T+02:00:00") == 5400);
  CHECK(between("uptime: 1 day 2 h", "uptime: 2 days 2 h") == 86400);
  CHECK(between("+1.5h", "+2h") == 1800);
  CHECK(between("10:00", "11:00") == 3600);
  CHECK(find_time("T+1h").when().elapsed);
  CHECK(between("it took 5 minutes to copy", "and 9 minutes to paste") == -1);
}

TEST_CASE("times: zones make clocks comparable when summer time ends") {
  CHECK(between("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00") == 3600);
}

TEST_CASE("times: in the names of files") {
  const auto in_name = [](std::string_view name) -> std::int64_t {
    const auto time = time_in_name(name);
    return time ? time->seconds : -1;
  };
  for (const char* name : {"poolmon_20260305.0830.log", "pool-2026-03-05_08-30.txt", "C:\\logs\\2026-03-05T083000Z.txt",
                           "/var/log/pm.20260305-083000.csv", "snap_202603050830.txt", "pool 2026-03-05 08.30.00.txt",
                           "srv01_20260305T0830.log", "poolmon_1772699400.txt"})
    CHECK_MESSAGE(in_name(name) == kMorning, name, " ", in_name(name));
  CHECK(in_name("poolmon_2026-03-05.txt") == kMorning - 8 * 3600 - 30 * 60);
  for (const char* name :
       {"poolmon1.txt", "poolmon12.txt", "pool_0830.txt", "server2019.log", "log-3.txt", "KB5034441.txt"})
    CHECK_MESSAGE(in_name(name) == -1, name);
}

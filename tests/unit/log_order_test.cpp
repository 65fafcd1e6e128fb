// The order of several logs, whatever order a shell hands them over in.
#include <doctest/doctest.h>

#include "scanner/poolmon/log_order.hpp"

using namespace scanner::poolmon;

namespace {

constexpr std::int64_t kHour = 3600, kNanoseconds = 1000000000;

LogFacts named(const std::string& path) {
  LogFacts log;
  log.path = path;
  return log;
}

LogFacts at(const std::string& path, std::int64_t seconds, std::int64_t other) {
  LogFacts log = named(path);
  log.time_in_text = LogTime{seconds, other, false, false, false};
  return log;
}

/// A log whose tags were allocated `times` so often as in the first one, by tenths.
LogFacts counted(const std::string& path, std::int64_t tenths) {
  LogFacts log = named(path);
  const char* tags[] = {"Abcd", "Efgh", "Ijkl", "Mnop", "Qrst"};
  std::vector<Row> rows;
  for (std::int64_t i = 0; i < 5; ++i) {
    Row row;
    row.tag = tagdb::PoolTag::from_text(tags[i]);
    row.allocs = (100 + 77 * i) * tenths;
    rows.push_back(row);
  }
  log.allocs = counters_of(rows);
  return log;
}

std::vector<std::string> sorted(const std::vector<LogFacts>& logs) {
  std::vector<std::string> out;
  for (const std::size_t index : order_logs(logs).order) out.push_back(logs[index].path);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("names that differ in numbers stand in the order of the numbers") {
  CHECK(sorted({named("pm1.txt"), named("pm10.txt"), named("pm11.txt"), named("pm2.txt")}) ==
        Names{"pm1.txt", "pm2.txt", "pm10.txt", "pm11.txt"});
  CHECK(sorted({named("a/snap (10).log"), named("a/snap (2).log"), named("a/snap.log")}) ==
        Names{"a/snap.log", "a/snap (2).log", "a/snap (10).log"});
  CHECK(sorted({named("day10/1.txt"), named("day9/12.txt"), named("day9/2.txt")}) ==
        Names{"day9/2.txt", "day9/12.txt", "day10/1.txt"});
  CHECK(sorted({named("x0099.txt"), named("x100.txt"), named("x7.txt")}) == Names{"x7.txt", "x0099.txt", "x100.txt"});
  const LogOrder order = order_logs({named("pm1.txt"), named("pm10.txt"), named("pm2.txt")});
  CHECK(order.by == OrderedBy::numbers);
  CHECK(order.notes.size() == 1);
  CHECK(order_logs({named("pm1.txt"), named("pm2.txt")}).notes.empty());
}

TEST_CASE("names without numbers stay as given, and that is said") {
  const LogOrder order = order_logs({named("evening.txt"), named("morning.txt")});
  CHECK(order.by == OrderedBy::given);
  CHECK(order.order == std::vector<std::size_t>{0, 1});
  REQUIRE(order.notes.size() == 1);
  CHECK(order.notes[0].find("as given") != std::string::npos);
}

TEST_CASE("times in the logs go before times in names and before numbers") {
  LogFacts first = at("z9.txt", 10 * kHour, 10 * kHour), second = at("z1.txt", 12 * kHour, 12 * kHour);
  first.time_in_name = LogTime{50 * kHour, 50 * kHour, false, false, false};
  second.time_in_name = LogTime{40 * kHour, 40 * kHour, false, false, false};
  CHECK(sorted({second, first}) == Names{"z9.txt", "z1.txt"});
  CHECK(order_logs({second, first}).by == OrderedBy::text);
  first.time_in_text.reset();
  CHECK(sorted({second, first}) == Names{"z1.txt", "z9.txt"});  // one of them tells none: the names decide
  const LogOrder order = order_logs({first, second});
  CHECK(order.by == OrderedBy::names);
  REQUIRE(order.times[0].has_value());
  CHECK(order.times[0]->seconds == 50 * kHour);
  CHECK_FALSE(order.times[1].has_value());  // its own text tells
}

TEST_CASE("a name with the day and a text with the time of day make a time") {
  LogFacts late = named("d2.txt"), early = named("d1.txt");
  late.time_in_name = LogTime{48 * kHour, 48 * kHour, false, false, false};
  early.time_in_name = LogTime{24 * kHour, 24 * kHour, false, false, false};
  late.time_in_text = LogTime{1 * kHour, 1 * kHour, true, false, false};
  early.time_in_text = LogTime{23 * kHour, 23 * kHour, true, false, false};
  const LogOrder order = order_logs({late, early});
  CHECK(order.order == std::vector<std::size_t>{1, 0});
  CHECK(order.times[0]->seconds == 49 * kHour);
  CHECK(order.times[1]->seconds == 47 * kHour);
}

TEST_CASE("times of day go round at midnight, where the longest pause is") {
  std::vector<LogFacts> logs;
  for (const std::int64_t hour : {0, 1, 22, 23}) {
    logs.push_back(named("at" + std::string(1, static_cast<char>('a' + hour)) + ".txt"));
    logs.back().time_in_text = LogTime{hour * kHour, hour * kHour, true, false, false};
  }
  const LogOrder order = order_logs(logs);
  CHECK(order.order == std::vector<std::size_t>{2, 3, 0, 1});
  CHECK(order.times[0]->seconds - order.times[2]->seconds == 2 * kHour);
}

TEST_CASE("exchanged months and days: the numbers in names tell, else the shorter span") {
  constexpr std::int64_t kDay = 24 * kHour;
  // 11, 12 and 13 May, written with the day first: read with the month first, two are in November and December.
  const LogFacts a = at("a1.txt", 310 * kDay, 131 * kDay), b = at("a2.txt", 340 * kDay, 132 * kDay),
                 c = at("a3.txt", 133 * kDay, 133 * kDay);
  CHECK(sorted({c, b, a}) == Names{"a1.txt", "a2.txt", "a3.txt"});
  LogFacts x = a, y = b, z = c;
  x.path = "x.txt", y.path = "y.txt", z.path = "z.txt";
  CHECK(sorted({z, y, x}) == Names{"x.txt", "y.txt", "z.txt"});
}

TEST_CASE("seconds since a start that each log has for itself order no logs") {
  LogFacts a = named("b2.txt"), b = named("b10.txt");
  a.time_in_text = LogTime{7200, 7200, false, true, false};
  b.time_in_text = LogTime{0, 0, false, true, false};
  CHECK(sorted({b, a}) == Names{"b2.txt", "b10.txt"});
}

TEST_CASE("the counters tell the order where names do not, or tell the opposite") {
  // A person may have named them so, but a shell sorts them so as well.
  CHECK(sorted({counted("evening.txt", 13), counted("morning.txt", 10), counted("noon.txt", 11)}) ==
        Names{"morning.txt", "noon.txt", "evening.txt"});
  // Not the shell's order: a restart, then.
  CHECK(sorted({counted("noon.txt", 13), counted("before.txt", 10)}) == Names{"noon.txt", "before.txt"});
  // A rotation: the highest number is the oldest.
  CHECK(sorted({counted("pm.log.1", 14), counted("pm.log.2", 12), counted("pm.log.3", 10)}) ==
        Names{"pm.log.3", "pm.log.2", "pm.log.1"});
  // One drop among numbered logs is a restart of the machine.
  CHECK(sorted({counted("n1.txt", 100), counted("n2.txt", 104), counted("n3.txt", 10), counted("n4.txt", 14)}) ==
        Names{"n1.txt", "n2.txt", "n3.txt", "n4.txt"});
  // Ten times the allocations are another run of Windows, not a later hour.
  CHECK(sorted({counted("a.txt", 100), counted("b.txt", 10)}) == Names{"a.txt", "b.txt"});
}

TEST_CASE("times of change give hours and never an order") {
  std::vector<LogFacts> logs = {named("c1.txt"), named("c10.txt"), named("c2.txt")};
  logs[0].modified = 1000 * kNanoseconds;
  logs[2].modified = 4600 * kNanoseconds;
  logs[1].modified = 8200 * kNanoseconds;
  LogOrder order = order_logs(logs);
  CHECK(order.by_change);
  CHECK(order.times[1]->seconds == 8200);
  logs[1].modified = 4601 * kNanoseconds;  // copied together
  order = order_logs(logs);
  CHECK_FALSE(order.by_change);
  CHECK_FALSE(order.times[0].has_value());
  logs[1].modified = 500 * kNanoseconds;  // against the order
  order = order_logs(logs);
  CHECK(order.order == std::vector<std::size_t>{0, 2, 1});
  CHECK_FALSE(order.by_change);
  logs[1].modified = 0;  // not known
  CHECK_FALSE(order_logs(logs).by_change);
}
